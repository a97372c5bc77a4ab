import {
  AuthorityInfoAccessSyntax,
  AuthorityKeyIdentifier,
  BasicConstraints,
  CertificatePolicies,
  CRLDistributionPoints,
  ExtendedKeyUsage,
  type GeneralName,
  KeyUsage,
  type KeyUsageType,
  SubjectAlternativeName,
} from "@peculiar/asn1-x509";
import { children, readElement, slice } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { type Finding, type LintedLeaf, parsedExtension } from "./linted-leaf.ts";

// The extensions.

/** RFC 5280 section 4.2 */
export function extensionsAreDifferent({ tbs: { extensions = [] } }: LintedLeaf): Finding {
  const ids = extensions.map(({ extnID }) => extnID);
  return ids.find((id, index) => ids.indexOf(id) !== index);
}

/** BR 7.1.2.7.6: what a leaf may hold. A subject key identifier is not recommended, so it is not here. */
export function extensionsAreKnown({ tbs: { extensions = [] } }: LintedLeaf): Finding {
  return extensions.map(({ extnID }) => extnID).find((id) => !KNOWN.has(id));
}

/** BR 7.1.2.7.6, 7.1.2.11.1: the issuer's key identifier, and nothing beside it. */
export function authorityKeyIsTheIssuers(leaf: LintedLeaf): Finding {
  const found = parsedExtension(leaf, OID.authorityKeyIdentifier, AuthorityKeyIdentifier);
  if (!found?.value.keyIdentifier) return "there is none";
  if (found.critical) return "it is critical";
  if (found.value.authorityCertIssuer || found.value.authorityCertSerialNumber) return "it names more than the key";
  return leaf.issuer.keyId.equals(Buffer.from(found.value.keyIdentifier.buffer)) ? undefined : "it is another key's";
}

/** BR 7.1.2.7.12: critical exactly where the subject is empty. */
export function alternativeNamesAreCriticalForAnEmptySubject(leaf: LintedLeaf): Finding {
  const found = parsedExtension(leaf, OID.subjectAltName, SubjectAlternativeName);
  if (!found) return "there is no subjectAltName";
  return found.critical === (leaf.subject.length === 0) ? undefined : `critical is ${found.critical}`;
}

/** BR 7.1.2.7.11: critical; digitalSignature, and keyEncipherment for RSA. */
export function keyUsageSuitsTheKey(leaf: LintedLeaf): Finding {
  const found = parsedExtension(leaf, OID.keyUsage, KeyUsage);
  if (!found) return "there is none";
  if (!found.critical) return "it is not critical";
  const usages = found.value.toJSON();
  const allowed = KEY_USAGES[leaf.publicKey.asymmetricKeyType === "rsa" ? "rsa" : "ec"];
  if (!usages.includes("digitalSignature")) return "digitalSignature is missing";
  return usages.find((usage) => !allowed.includes(usage));
}

/** BR 7.1.2.7.10; clientAuth goes by Chrome's root program of 2026. */
export function purposeIsServerAuthentication(leaf: LintedLeaf): Finding {
  const found = parsedExtension(leaf, OID.extKeyUsage, ExtendedKeyUsage);
  if (found?.critical) return "it is critical";
  const purposes = [...(found?.value ?? [])];
  return purposes.length === 1 && purposes[0] === OID.serverAuth ? undefined : `purposes: ${purposes.join(", ")}`;
}

/** BR 7.1.2.7.9: domain validated comes first; no qualifiers. */
export function policyIsDomainValidated(leaf: LintedLeaf): Finding {
  const found = parsedExtension(leaf, OID.certificatePolicies, CertificatePolicies);
  if (found?.critical) return "it is critical";
  const policies = [...(found?.value ?? [])];
  if (policies[0]?.policyIdentifier !== OID.domainValidated) return "domain validated is not the first policy";
  return policies.some(({ policyQualifiers }) => policyQualifiers) ? "there is a qualifier" : undefined;
}

/** BR 7.1.2.11.2: one distribution point with one http URI. */
export function crlIsAtOneHttpUrl(leaf: LintedLeaf): Finding {
  const found = parsedExtension(leaf, OID.cRLDistributionPoints, CRLDistributionPoints);
  if (found?.critical) return "it is critical";
  const [point, ...more] = found?.value ?? [];
  if (!point || more.length > 0) return `${found?.value.length ?? 0} distribution points`;
  if (point.reasons || point.cRLIssuer) return "it has reasons or another CRL issuer";
  const [uri, ...others] = point.distributionPoint?.fullName ?? [];
  return uri && others.length === 0 ? httpOnly(uri) : "not exactly one full name";
}

/** BR 7.1.2.7.7: OCSP and caIssuers over http, nothing else; ours always has both. */
export function issuerIsFoundOverHttp(leaf: LintedLeaf): Finding {
  const found = parsedExtension(leaf, OID.authorityInfoAccess, AuthorityInfoAccessSyntax);
  if (found?.critical) return "it is critical";
  const places = [...(found?.value ?? [])];
  const methods = places.map(({ accessMethod }) => accessMethod).join(" ");
  if (methods !== `${OID.ocsp} ${OID.caIssuers}`) return `access methods: ${methods}`;
  return places.map(({ accessLocation }) => httpOnly(accessLocation)).find((finding) => finding !== undefined);
}

/** BR 7.1.2.7.8: cA is FALSE, without a path length; ours is always there, and critical. */
export function leafIsNoCa(leaf: LintedLeaf): Finding {
  const found = parsedExtension(leaf, OID.basicConstraints, BasicConstraints);
  if (!found) return "there are no basic constraints";
  if (!found.critical) return "it is not critical";
  if (found.value.cA) return "it is a CA";
  return found.value.pathLenConstraint === undefined ? undefined : "it has a path length";
}

/** BR 7.1.2.11.3, RFC 6962 section 3.3: where there are timestamps, the list and each of them is whole. */
export function timestampsAreWhole({ tbs: { extensions = [] } }: LintedLeaf): Finding {
  const found = extensions.find(({ extnID }) => extnID === OID.sctList);
  if (!found) return undefined;
  if (found.critical) return "they are critical";
  const value = Buffer.from(found.extnValue.buffer);
  const { tag, content, end } = readElement(value);
  if (tag !== 0x04 || end !== value.length) return "they are no OCTET STRING";
  const list = value.subarray(content);
  if (list.length < 2 || list.readUInt16BE() !== list.length - 2) return "the list has another length";
  if (list.length === 2) return "the list is empty";
  for (let at = 2; at < list.length; ) {
    const length = at + 2 <= list.length ? list.readUInt16BE(at) : 0;
    // Version, log, time and the two lengths at least.
    if (length < 47 || at + 2 + length > list.length) return "one of them is cut off";
    if (list[at + 2] !== 0) return "one of them is not of version 1";
    at += 2 + length;
  }
  return undefined;
}

/** X.690 section 11.5: what is FALSE by default is not written. */
export function defaultsAreLeftOut({ raw: { tbs }, tbs: { extensions = [] } }: LintedLeaf): Finding {
  const last = children(tbs, readElement(tbs)).at(-1);
  const list = last && children(tbs, last)[0];
  const written = list ? children(tbs, list).flatMap((extension) => children(tbs, extension)) : [];
  if (written.some((part) => slice(tbs, part).equals(FALSE))) return "critical FALSE is written";
  const basic = extensions.find(({ extnID }) => extnID === OID.basicConstraints)?.extnValue;
  return basic && Buffer.from(basic.buffer).subarray(2, 5).equals(FALSE) ? "cA FALSE is written" : undefined;
}

function httpOnly({ uniformResourceIdentifier: uri = "" }: GeneralName): Finding {
  return uri.startsWith("http://") && URL.canParse(uri) ? undefined : `${uri} is no http URL`;
}

const KEY_USAGES: Readonly<Record<"rsa" | "ec", readonly KeyUsageType[]>> = {
  rsa: ["digitalSignature", "keyEncipherment"],
  ec: ["digitalSignature"],
};

const KNOWN: ReadonlySet<string> = new Set([
  OID.authorityInfoAccess,
  OID.authorityKeyIdentifier,
  OID.basicConstraints,
  OID.certificatePolicies,
  OID.cRLDistributionPoints,
  OID.extKeyUsage,
  OID.keyUsage,
  OID.sctList,
  OID.subjectAltName,
]);

const FALSE = Buffer.from([0x01, 0x01, 0x00]);
