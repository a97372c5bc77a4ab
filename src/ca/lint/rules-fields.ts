import { lengthOf, validityLimit } from "#domain/certificate/validity.ts";
import { children, contents, readElement } from "#lib/der-reader.ts";
import { DAY, HOUR } from "#lib/duration.ts";
import { OID } from "#lib/oids.ts";
import type { Finding, LintedLeaf } from "./linted-leaf.ts";

// The basic fields: everything in front of the extensions.

/** RFC 5280 section 4.1.2.1 */
export function versionIsThree({ tbs }: LintedLeaf): Finding {
  return tbs.version === 2 ? undefined : `version ${tbs.version + 1}`;
}

/** RFC 5280 section 4.1.2.2, BR 7.1.2.7: positive, at most 20 octets, at least 64 bits of a CSPRNG. */
export function serialIsLongAndPositive({ raw: { serial } }: LintedLeaf): Finding {
  if ((serial[0] ?? 0x80) >= 0x80) return "it is not positive";
  if (serial.length > 20) return `it has ${serial.length} octets`;
  return serial.length < 9 ? `${serial.length} octets cannot hold 64 random bits` : undefined;
}

/** BR 7.1.3.2: the AlgorithmIdentifier, byte for byte, of the issuer's key. */
export function signatureAlgorithmIsTheIssuers({ raw, issuer }: LintedLeaf): Finding {
  return raw.algorithm.equals(issuer.algorithm.identifier) ? undefined : `it is ${raw.algorithm.toString("hex")}`;
}

/** BR 7.1.4.1: byte for byte the issuer's subject. */
export function issuerIsNamedAsItself({ raw, issuer }: LintedLeaf): Finding {
  return raw.issuer.equals(issuer.name) ? undefined : "the names differ";
}

/** RFC 5280 section 4.1.2.5 */
export function validityIsForward({ period }: Pick<LintedLeaf, "period">): Finding {
  return period.notBefore < period.notAfter ? undefined : "it ends before it begins";
}

/** BR 6.3.2, by the date of issuance. */
export function validityIsWithinTheLimit({ period, now }: Pick<LintedLeaf, "period" | "now">): Finding {
  const length = lengthOf(period);
  const { most } = validityLimit(now);
  return length <= most ? undefined : `${length / DAY} days, ${most / DAY} are allowed`;
}

/** BR 7.1.2.7: notBefore within 48 hours of the signature. */
export function validityBeginsNow({ period, now }: Pick<LintedLeaf, "period" | "now">): Finding {
  const distance = Math.abs(period.notBefore.getTime() - now.getTime());
  return distance <= 48 * HOUR ? undefined : `it begins ${distance / HOUR} hours from now`;
}

/** A path is only valid while every certificate in it is (RFC 5280 section 6.1.3). */
export function validityIsWithinTheIssuers({ period, issuer }: Pick<LintedLeaf, "period" | "issuer">): Finding {
  return period.notBefore >= issuer.notBefore && period.notAfter <= issuer.notAfter
    ? undefined
    : "it exceeds the issuer's";
}

/** RFC 5280 section 4.1.2.5: UTCTime through 2049, GeneralizedTime from 2050; seconds, Z, no fractions. */
export function timesAreInTheirForm({ raw: { validity } }: LintedLeaf): Finding {
  return children(validity, readElement(validity))
    .map((time) => ({ tag: time.tag, text: contents(validity, time).toString("latin1") }))
    .find(({ tag, text }) => !(tag === UTC_TIME ? /^\d{12}Z$/ : /^20[5-9]\d{11}Z$/).test(text))?.text;
}

/** BR 7.1.2.7.2: a domain-validated subject has at most one common name, and nothing else. */
export function subjectIsACommonNameAtMost({ subject }: LintedLeaf): Finding {
  if (subject.length > 1) return `${subject.length} names`;
  return subject.every((names) => names.length === 1 && names[0]?.type === OID.commonName)
    ? undefined
    : "something else than a common name";
}

/** RFC 5280 appendix A.1, ub-common-name. */
export function commonNameIsShort(leaf: LintedLeaf): Finding {
  const long = commonNames(leaf).find((name) => name.length === 0 || name.length > 64);
  return long === undefined ? undefined : `${long.length} characters`;
}

/** BR 7.1.4.3: character for character one of the subjectAltName. */
export function commonNameIsAnAlternativeName(leaf: LintedLeaf): Finding {
  const known = new Set(leaf.names.map((name) => name.dNSName ?? name.iPAddress));
  const foreign = commonNames(leaf).find((name) => !known.has(name));
  return foreign === undefined ? undefined : `${foreign} is none`;
}

/** BR 7.1.4.2: UTF8String or PrintableString. */
export function commonNameIsAText({ subject }: LintedLeaf): Finding {
  const texts = subject.flatMap((names) => names.map(({ value }) => value.utf8String ?? value.printableString));
  return texts.includes(undefined) ? "another string type" : undefined;
}

/** RFC 5280 section 4.1.2.8, BR 7.1.2.7. */
export function thereAreNoUniqueIds({ tbs }: LintedLeaf): Finding {
  return tbs.issuerUniqueID || tbs.subjectUniqueID ? "there is one" : undefined;
}

const UTC_TIME = 0x17;

function commonNames({ subject }: LintedLeaf): string[] {
  return subject.flatMap((names) => names.map(({ value }) => value.toString()));
}
