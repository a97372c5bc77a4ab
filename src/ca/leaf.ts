import type { Period } from "#domain/certificate/validity.ts";
import { encode } from "#lib/der.ts";
import { type KeyAlgorithm, keyFamily } from "#lib/x509-algorithms.ts";
import { commonNameOnly, signed, tbsCertificate } from "#lib/x509-certificate.ts";
import { keyUsage, subjectAltName } from "#lib/x509-extensions.ts";
import { type LeafIssuer, signAs } from "./signers.ts";

/** Everything that differs between two leafs of one issuer. */
export interface LeafFields extends Period {
  readonly serial: Uint8Array;
  readonly subjectPublicKeyInfo: Uint8Array;
  readonly keyAlgorithm: KeyAlgorithm;
  /** Which part of the issuer's CRL would list it: see crl-shards.ts. */
  readonly shard: number;
  /** Host names in ASCII, wildcards included; the first one becomes the common name. */
  readonly names: readonly string[];
  /** IP addresses of 4 or 16 bytes; only for Sealkeeper's own servers. */
  readonly addresses?: readonly Uint8Array[];
}

/** The TBSCertificate of a leaf: the profile of BR 7.1.2.7, with the common name that ACM's certificates have. */
export function leafTbs(fields: LeafFields, issuer: LeafIssuer): Buffer {
  const { names, addresses = [] } = fields;
  const [first] = names;
  const commonName = first !== undefined && first.length <= LONGEST_COMMON_NAME ? first : undefined;
  return tbsCertificate({
    serial: fields.serial,
    algorithm: issuer.algorithm.identifier,
    issuer: issuer.name,
    notBefore: fields.notBefore,
    notAfter: fields.notAfter,
    subject: commonNameOnly(commonName),
    subjectPublicKeyInfo: fields.subjectPublicKeyInfo,
    extensions: [
      KEY_USAGES[keyFamily(fields.keyAlgorithm)],
      subjectAltName([...names, ...addresses], commonName === undefined),
      issuer.leafExtensions(fields.shard),
    ],
  });
}

/** A signed leaf, without a record of it: for what is issued and never stored, and for measuring. */
export function buildLeaf(fields: LeafFields, issuer: LeafIssuer): Buffer {
  const tbs = leafTbs(fields, issuer);
  return signed(tbs, issuer.algorithm.identifier, signAs(issuer, tbs));
}

/** RFC 5280 appendix A.1, ub-common-name. A longer name stands in the subjectAltName only. */
const LONGEST_COMMON_NAME = 64;
/** BR 7.1.2.7.11 */
const KEY_USAGES = {
  RSA: encode(keyUsage("digitalSignature", "keyEncipherment")),
  EC: encode(keyUsage("digitalSignature")),
};
