import { AsnConvert } from "@peculiar/asn1-schema";
import { BasicConstraints, Certificate, type Extension, SubjectKeyIdentifier } from "@peculiar/asn1-x509";
import { OID } from "#lib/oids.ts";
import { parsePem } from "#lib/pem.ts";
import { type NameConstraints, readNameConstraints } from "#lib/x509-general-names.ts";

/** What the certificates of a CA and of those above it allow below. */
export interface PathLimits {
  /** How many CAs may stand in a row below this one; undefined where nothing limits them. */
  readonly pathLength: number | undefined;
  /** Of each certificate in the path that has any. */
  readonly names: readonly NameConstraints[];
  /** The CA's own, as its certificate says it; undefined where it has no certificate, or that does not say. */
  readonly subjectKeyId: Buffer | undefined;
}

/** The limits of a CA with this certificate (DER) and this chain (PEM, the root last). */
export function limitsOf({ certificate, chain }: CertifiedAuthority): PathLimits {
  if (!certificate) return { pathLength: undefined, names: [], subjectKeyId: undefined };
  const path = [Buffer.from(certificate), ...parsePem(chain ?? "", MOST_CHAIN).map(({ der }) => der)];
  const extensions = path.map((der) => AsnConvert.parse(der, Certificate).tbsCertificate.extensions ?? []);
  // The CA that stands `above` others in the path has so many less left for those below this one.
  const lengths = extensions.map((list, above) => {
    const length = find(list, OID.basicConstraints, BasicConstraints)?.pathLenConstraint;
    return length === undefined ? Number.POSITIVE_INFINITY : length - above;
  });
  const shortest = Math.min(...lengths);
  const keyId = find(extensions[0] ?? [], OID.subjectKeyIdentifier, SubjectKeyIdentifier);
  return {
    pathLength: Number.isFinite(shortest) ? Math.max(0, shortest) : undefined,
    names: extensions.flatMap((list) => {
      const found = list.find(({ extnID }) => extnID === OID.nameConstraints);
      return found ? [readNameConstraints(Buffer.from(found.extnValue.buffer))] : [];
    }),
    subjectKeyId: keyId && Buffer.from(keyId.buffer),
  };
}

interface CertifiedAuthority {
  readonly certificate: Uint8Array | null;
  readonly chain: string | null;
}

function find<T>(extensions: readonly Extension[], id: string, type: new () => T): T | undefined {
  const found = extensions.find(({ extnID }) => extnID === id);
  return found && AsnConvert.parse(found.extnValue.buffer, type);
}

/** What ImportCertificateAuthorityCertificate takes at most. */
export const MOST_CHAIN = 10;
