import type { DomainName } from "#domain/names.ts";
import { type KeyAlgorithm, keyFamily } from "#lib/x509-algorithms.ts";
import { type CertificateFacts, describeCertificate } from "./describe.ts";
import type { SignedLeaf } from "./issue.ts";

/**
 * The facts of a leaf that our CA signed for these names and this key. What all leafs of an issuer and a family of keys
 * say alike is read from the first one of them: reading a certificate takes longer than signing it.
 */
export function describeLeaf(
  leaf: SignedLeaf,
  names: readonly DomainName[],
  algorithm: KeyAlgorithm,
): CertificateFacts {
  const kind = `${leaf.issuerId} ${keyFamily(algorithm)}`;
  const known = alike.get(kind);
  const facts = known ?? describeCertificate(leaf.der);
  if (!known) {
    if (alike.size >= MOST_KINDS) alike.clear();
    alike.set(kind, facts);
  }
  const [first] = names;
  const commonName = first !== undefined && first.length <= LONGEST_COMMON_NAME ? first : undefined;
  return {
    ...facts,
    serial: leaf.serial,
    subject: commonName === undefined ? "" : `CN=${commonName}`,
    commonName,
    names,
    notBefore: leaf.notBefore,
    notAfter: leaf.notAfter,
    keyAlgorithm: algorithm,
  };
}

const alike = new Map<string, CertificateFacts>();
const MOST_KINDS = 100;
/** RFC 5280 appendix A.1, ub-common-name; see leaf.ts. */
const LONGEST_COMMON_NAME = 64;
