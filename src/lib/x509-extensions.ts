import {
  type Der,
  integer,
  NULL,
  namedBits,
  octetString,
  oid,
  sequence,
  TRUE,
  tagged,
  taggedAscii,
  taggedBytes,
} from "./der.ts";
import { OID } from "./oids.ts";

/** Bits of KeyUsage (RFC 5280 section 4.2.1.3). */
export const KEY_USAGE = {
  digitalSignature: 0,
  nonRepudiation: 1,
  keyEncipherment: 2,
  dataEncipherment: 3,
  keyAgreement: 4,
  keyCertSign: 5,
  cRLSign: 6,
  encipherOnly: 7,
  decipherOnly: 8,
} as const;

/** One Extension (RFC 5280 section 4.1): `critical` is only written when it is true, as DER wants. */
export function extension(id: ExtensionId, critical: boolean, value: Der): Der {
  return critical ? sequence(EXTENSIONS[id], TRUE, octetString(value)) : sequence(EXTENSIONS[id], octetString(value));
}

/** An Extension of any kind, by its dotted identifier. */
export function anyExtension(id: string, critical: boolean, value: Der): Der {
  return critical ? sequence(oid(id), TRUE, octetString(value)) : sequence(oid(id), octetString(value));
}

export function authorityKeyIdentifier(keyId: Uint8Array): Der {
  return extension("authorityKeyIdentifier", false, sequence(taggedBytes(0, keyId)));
}

export function subjectKeyIdentifier(keyId: Uint8Array): Der {
  return extension("subjectKeyIdentifier", false, octetString(keyId));
}

export function keyUsage(...bits: readonly (keyof typeof KEY_USAGE)[]): Der {
  return extension("keyUsage", true, namedBits(bits.map((bit) => KEY_USAGE[bit])));
}

/** For a CA; `pathLength` undefined sets no limit. */
export function caConstraints(pathLength: number | undefined): Der {
  return extension(
    "basicConstraints",
    true,
    pathLength === undefined ? sequence(TRUE) : sequence(TRUE, integer(pathLength)),
  );
}

/** For everything that is no CA: cA is FALSE, which DER leaves out. */
export function leafConstraints(): Der {
  return extension("basicConstraints", true, sequence());
}

export function extendedKeyUsage(...purposes: readonly string[]): Der {
  return extension("extKeyUsage", false, sequence(...purposes.map(oid)));
}

export function certificatePolicies(...policies: readonly string[]): Der {
  return extension("certificatePolicies", false, sequence(...policies.map((policy) => sequence(oid(policy)))));
}

/** One distribution point with one http URI. */
export function crlDistributionPoint(uri: string): Der {
  return extension("cRLDistributionPoints", false, sequence(sequence(tagged(0, tagged(0, taggedAscii(6, uri))))));
}

/**
 * Of one part of a CRL: the URI that stands in the certificates it covers, and whether these are CA certificates only.
 * Critical (RFC 5280 section 5.2.5).
 */
export function issuingDistributionPoint(uri: string, scope: "any" | "CA certificates" = "any"): Der {
  const onlyCaCertificates = scope === "any" ? [] : [taggedBytes(2, Uint8Array.of(0xff))];
  return anyExtension(
    OID.issuingDistributionPoint,
    true,
    sequence(tagged(0, tagged(0, taggedAscii(6, uri))), ...onlyCaCertificates),
  );
}

export function authorityInformationAccess(places: { readonly ocsp?: string; readonly caIssuers?: string }): Der {
  const access = (method: string, uri: string | undefined): Der[] =>
    uri === undefined ? [] : [sequence(oid(method), taggedAscii(6, uri))];
  const descriptions = [...access(OID.ocsp, places.ocsp), ...access(OID.caIssuers, places.caIssuers)];
  return extension("authorityInfoAccess", false, sequence(...descriptions));
}

/** `names` are host names in ASCII, or addresses of 4 or 16 bytes. Critical only where the subject is empty. */
export function subjectAltName(names: readonly (string | Uint8Array)[], critical: boolean): Der {
  const general = names.map((name) => (typeof name === "string" ? taggedAscii(2, name) : taggedBytes(7, name)));
  return extension("subjectAltName", critical, sequence(...general));
}

/** The certificate of an OCSP responder is not itself checked for revocation (RFC 6960 section 4.2.2.2.1). */
export function ocspNoCheck(): Der {
  return extension("ocspNoCheck", false, NULL);
}

export type ExtensionId =
  | "authorityKeyIdentifier"
  | "subjectKeyIdentifier"
  | "keyUsage"
  | "basicConstraints"
  | "extKeyUsage"
  | "certificatePolicies"
  | "cRLDistributionPoints"
  | "authorityInfoAccess"
  | "subjectAltName"
  | "ocspNoCheck"
  | "ocspNonce"
  | "cRLNumber"
  | "reasonCode";

const EXTENSIONS: Readonly<Record<ExtensionId, Buffer>> = {
  authorityKeyIdentifier: oid(OID.authorityKeyIdentifier),
  subjectKeyIdentifier: oid(OID.subjectKeyIdentifier),
  keyUsage: oid(OID.keyUsage),
  basicConstraints: oid(OID.basicConstraints),
  extKeyUsage: oid(OID.extKeyUsage),
  certificatePolicies: oid(OID.certificatePolicies),
  cRLDistributionPoints: oid(OID.cRLDistributionPoints),
  authorityInfoAccess: oid(OID.authorityInfoAccess),
  subjectAltName: oid(OID.subjectAltName),
  ocspNoCheck: oid(OID.ocspNoCheck),
  ocspNonce: oid(OID.ocspNonce),
  cRLNumber: oid(OID.cRLNumber),
  reasonCode: oid(OID.reasonCode),
};
