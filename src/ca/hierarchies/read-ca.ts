import { X509Certificate } from "node:crypto";
import { AsnConvert } from "@peculiar/asn1-schema";
import {
  AuthorityInfoAccessSyntax,
  BasicConstraints,
  Certificate,
  CRLDistributionPoints,
  KeyUsage,
  KeyUsageFlags,
} from "@peculiar/asn1-x509";
import { checkDer } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { type KeyAlgorithm, keyAlgorithm } from "#lib/x509-algorithms.ts";
import { keyIdentifier, readCertificate, serialHex } from "#lib/x509-certificate.ts";
import { HierarchyError } from "./error.ts";

/** A CA's certificate that came from outside, read strictly. */
export interface ReadCa {
  readonly der: Buffer;
  readonly x509: X509Certificate;
  readonly subject: Buffer;
  readonly issuer: Buffer;
  readonly serial: string;
  readonly subjectPublicKeyInfo: Buffer;
  readonly keyId: Buffer;
  readonly keyAlgorithm: KeyAlgorithm;
  /** Undefined where it sets no limit. */
  readonly pathLength: number | undefined;
  /** The http URLs that it names. */
  readonly caIssuersUrl: string | undefined;
  readonly crlUrl: string | undefined;
  readonly extensions: readonly string[];
}

/** Reads the certificate of a CA (DER): one that may sign certificates, with a key that we sign with. Throws HierarchyError. */
export function readCa(der: Buffer): ReadCa {
  if (der.length > MOST) throw new HierarchyError(`this is no certificate of a CA: it has ${der.length} bytes`);
  try {
    checkDer(der);
    return read(der);
  } catch (error) {
    if (error instanceof HierarchyError) throw error;
    throw new HierarchyError("this is no well-formed certificate", { cause: error });
  }
}

/** Whether `signer` signed it: names and signature. */
export function isSignedBy({ x509, issuer }: ReadCa, signer: Pick<ReadCa, "subject" | "x509">): boolean {
  return issuer.equals(signer.subject) && x509.verify(signer.x509.publicKey);
}

/** Throws HierarchyError unless it is valid at this moment. */
export function expectValid({ x509 }: ReadCa, now: Date): void {
  if (x509.validFromDate <= now && now < x509.validToDate) return;
  throw new HierarchyError(
    `it is valid from ${x509.validFromDate.toISOString()} until ${x509.validToDate.toISOString()} only`,
  );
}

function read(der: Buffer): ReadCa {
  const x509 = new X509Certificate(der);
  const { subject, issuer, serial, subjectPublicKeyInfo } = readCertificate(der);
  const extensions = AsnConvert.parse(der, Certificate).tbsCertificate.extensions ?? [];
  const value = <T>(id: string, type: new () => T): T | undefined => {
    const found = extensions.filter(({ extnID }) => extnID === id);
    if (found.length > 1) throw new HierarchyError(`it has the extension ${id} twice`);
    return found[0] && AsnConvert.parse(found[0].extnValue.buffer, type);
  };
  if ([x509.validFromDate, x509.validToDate].some((date) => Number.isNaN(date.getTime()))) {
    throw new HierarchyError("its validity is malformed");
  }
  const constraints = value(OID.basicConstraints, BasicConstraints);
  const usage = value(OID.keyUsage, KeyUsage)?.toNumber() ?? 0;
  if (!constraints?.cA) throw new HierarchyError("it is no certificate of a CA: basicConstraints");
  if ((usage & KeyUsageFlags.keyCertSign) === 0 || (usage & KeyUsageFlags.cRLSign) === 0) {
    throw new HierarchyError("its key may not sign certificates and CRLs: keyUsage");
  }
  const algorithm = keyAlgorithm(x509.publicKey);
  if (!algorithm || algorithm === "RSA_1024")
    throw new HierarchyError("its key is none that this CA signs with: RSA of 2048 to 4096 bits, P-256, P-384, P-521");
  const access = value(OID.authorityInfoAccess, AuthorityInfoAccessSyntax);
  const points = value(OID.cRLDistributionPoints, CRLDistributionPoints);
  return {
    der,
    x509,
    subject,
    issuer,
    serial: serialHex(serial),
    subjectPublicKeyInfo,
    keyId: keyIdentifier(subjectPublicKeyInfo),
    keyAlgorithm: algorithm,
    pathLength: constraints.pathLenConstraint,
    caIssuersUrl: access?.find(({ accessMethod }) => accessMethod === OID.caIssuers)?.accessLocation
      .uniformResourceIdentifier,
    crlUrl: points?.[0]?.distributionPoint?.fullName?.[0]?.uniformResourceIdentifier,
    extensions: extensions.map(({ extnID }) => extnID),
  };
}

const MOST = 16_384;
