import type { Period } from "#domain/certificate/validity.ts";
import { oid } from "#lib/der.ts";
import { children, DerError, type Element, isExactly, readElement, sameBytes } from "#lib/der-reader.ts";
import { OID } from "#lib/oids.ts";
import { type AsciiNames, readHostNames } from "./host-names.ts";
import type { CertifiedKey, Finding, LintContext, LintedLeaf } from "./linted-leaf.ts";
import * as fields from "./rules-fields.ts";
import * as key from "./rules-key.ts";

/**
 * Whether a TBSCertificate has the form that nearly all leafs of an issuer have, and keeps every rule: what is alike in
 * all of them is byte for byte what the rules found good before (`rememberForm`), and the rest is read here, by a reader
 * that takes this one form only. False says nothing: then every rule is asked (lint.ts).
 */
export function hasKnownForm(tbs: Buffer, context: LintContext): boolean {
  try {
    return isKnown(tbs, context);
  } catch (error) {
    if (error instanceof DerError) return false;
    throw error;
  }
}

/**
 * Remembers the extensions of a leaf that keeps every rule. What the rules ask of an extension, but for the names, they
 * ask of its bytes, the issuer and the kind of key alone: in the issuer's next leaf the same bytes keep them, too.
 */
export function rememberForm({ raw: { tbs }, publicKey, issuer }: LintedLeaf): void {
  const known = KNOWN.get(issuer) ?? EXTENSIONS.map(() => ({ rsa: [], other: [] }));
  KNOWN.set(issuer, known);
  for (const extension of extensionsOf(tbs, children(tbs, readElement(tbs)).at(-1))) {
    const kind = kindOf(tbs, extension);
    const bytes = known[kind]?.[keyKind(publicKey.asymmetricKeyType)];
    if (!bytes || kind === NAMES || bytes.some((one) => isExactly(tbs, extension, one))) continue;
    if (bytes.length === MOST_REMEMBERED) bytes.length = 0;
    bytes.push(Buffer.from(tbs.subarray(extension.start, extension.end)));
  }
}

function isKnown(tbs: Buffer, context: LintContext): boolean {
  const { issuer, certified } = context;
  const known = KNOWN.get(issuer);
  const whole = readElement(tbs);
  if (!known || !certified || whole.tag !== SEQUENCE || whole.end !== tbs.length) return false;
  const [version, serial, algorithm, name, validity, subject, spki, last, more] = children(tbs, whole);
  if (!version || !serial || !algorithm || !name || !validity || !subject || !spki || !last || more) return false;
  if (!isExactly(tbs, version, VERSION_3) || !isLongSerial(tbs, serial)) return false;
  if (!isExactly(tbs, algorithm, issuer.algorithm.identifier) || !isExactly(tbs, name, issuer.name)) return false;
  const period = readPeriod(tbs, validity);
  if (!period || PERIOD_RULES.some((rule) => rule({ period, issuer, now: context.now }))) return false;
  if (!isExactly(tbs, spki, certified.spki) || KEY_RULES.some((rule) => rule(certified))) return false;

  const kindOfKey = keyKind(certified.publicKey.asymmetricKeyType);
  let names: Element | undefined;
  let seen = 0;
  for (const extension of extensionsOf(tbs, last)) {
    const kind = kindOf(tbs, extension);
    if (kind < 0 || (seen & (1 << kind)) !== 0) return false;
    seen |= 1 << kind;
    if (kind === NAMES) names = extension;
    else if (!known[kind]?.[kindOfKey].some((one) => isExactly(tbs, extension, one))) return false;
  }
  return seen === ALL && names !== undefined && namesAreGood(tbs, names, subject, context);
}

/** The subjectAltName and the subject, which has one of these names at most. */
function namesAreGood(tbs: Buffer, extension: Element, subject: Element, { profile }: LintContext): boolean {
  const [, ...rest] = children(tbs, extension);
  const empty = subject.content === subject.end;
  const [critical, value] = rest.length === 2 ? rest : [undefined, rest[0]];
  if (!value || value.tag !== OCTET_STRING || rest.length > 2) return false;
  if (empty ? !critical || !isExactly(tbs, critical, TRUE) : critical) return false;
  const list = readElement(tbs, value.content, value.end);
  if (list.tag !== SEQUENCE || list.end !== value.end) return false;
  const names = readHostNames(tbs, list, { mayBeLocal: profile === "internal" });
  return names !== undefined && (empty || isCommonName(tbs, subject, names));
}

/** One relative name, a common name: a UTF8String that stands among the alternative names. */
function isCommonName(tbs: Buffer, subject: Element, names: AsciiNames): boolean {
  const set = readElement(tbs, subject.content, subject.end);
  const attribute = readElement(tbs, set.content, set.end);
  if (subject.tag !== SEQUENCE || set.tag !== SET || attribute.tag !== SEQUENCE) return false;
  if (set.end !== subject.end || attribute.end !== set.end || !startsAt(tbs, attribute.content, COMMON_NAME))
    return false;
  const text = readElement(tbs, attribute.content + COMMON_NAME.length, attribute.end);
  const length = text.end - text.content;
  if (text.tag !== UTF8_STRING || text.end !== attribute.end || length > LONGEST_COMMON_NAME) return false;
  return names.some(
    (name) => name.end - name.content === length && sameBytes(tbs, name.content, tbs, text.content, length),
  );
}

/** Positive, in its shortest form, of 9 to 20 octets (RFC 5280 section 4.1.2.2, BR 7.1.2.7). */
function isLongSerial(tbs: Buffer, { tag, content, end }: Element): boolean {
  const first = tbs[content] ?? 0;
  const isShortest = first > 0 || (tbs[content + 1] ?? 0) >= 0x80;
  return tag === INTEGER && first < 0x80 && isShortest && end - content >= 9 && end - content <= 20;
}

/** Two UTCTimes before 2050, to the second; undefined for anything else. */
function readPeriod(tbs: Buffer, validity: Element): Period | undefined {
  const { tag, content, end } = validity;
  if (tag !== SEQUENCE || end - content !== 2 * UTC_TIME_LENGTH) return undefined;
  const notBefore = readUtcTime(tbs, content);
  const notAfter = readUtcTime(tbs, content + UTC_TIME_LENGTH);
  return notBefore && notAfter && { notBefore, notAfter };
}

function readUtcTime(bytes: Buffer, at: number): Date | undefined {
  if (bytes[at] !== UTC_TIME || bytes[at + 1] !== UTC_TIME_LENGTH - 2 || bytes[at + UTC_TIME_LENGTH - 1] !== ZULU) {
    return undefined;
  }
  const two = (index: number): number => {
    const tens = (bytes[at + 2 + 2 * index] ?? 0) - 0x30;
    const ones = (bytes[at + 3 + 2 * index] ?? 0) - 0x30;
    return tens >= 0 && tens <= 9 && ones >= 0 && ones <= 9 ? tens * 10 + ones : Number.NaN;
  };
  const year = 2000 + two(0);
  const [month, day, hour, minute, second] = [two(1) - 1, two(2), two(3), two(4), two(5)];
  if (!(year < 2050 && hour < 24 && minute < 60 && second < 60)) return undefined;
  const date = new Date(Date.UTC(year, month, day, hour, minute, second));
  // A day that the month does not have, or a month that the year does not, becomes another one.
  return date.getUTCMonth() === month && date.getUTCDate() === day ? date : undefined;
}

/** The elements of the list in `[3]`; none when it is not that. */
function extensionsOf(tbs: Buffer, last: Element | undefined): Element[] {
  if (last?.tag !== EXPLICIT_3) return [];
  const list = readElement(tbs, last.content, last.end);
  return list.tag === SEQUENCE && list.end === last.end ? children(tbs, list) : [];
}

/** Its place in `EXTENSIONS`; -1 when it is none of them. */
function kindOf(tbs: Buffer, { tag, content, end }: Element): number {
  if (tag !== SEQUENCE) return -1;
  return EXTENSIONS.findIndex((id) => content + id.length <= end && startsAt(tbs, content, id));
}

function keyKind(type: string | undefined): "rsa" | "other" {
  return type === "rsa" ? "rsa" : "other";
}

function startsAt(bytes: Uint8Array, at: number, expected: Uint8Array): boolean {
  return sameBytes(bytes, at, expected, 0, expected.length);
}

type PeriodRule = (leaf: Pick<LintedLeaf, "period" | "issuer" | "now">) => Finding;
const PERIOD_RULES: readonly PeriodRule[] = [
  fields.validityIsForward,
  fields.validityIsWithinTheLimit,
  fields.validityBeginsNow,
  fields.validityIsWithinTheIssuers,
];
type KeyRule = (leaf: CertifiedKey) => Finding;
const KEY_RULES: readonly KeyRule[] = [
  key.keyAlgorithmIsPrescribed,
  key.keyIsLongEnough,
  key.exponentIsSound,
  key.modulusHasNoSmallFactor,
  key.primesAreApart,
  key.modulusIsNoRoca,
];

/** What every leaf of ours holds, each once. */
const EXTENSIONS: readonly Buffer[] = [
  oid(OID.subjectAltName),
  oid(OID.keyUsage),
  oid(OID.basicConstraints),
  oid(OID.extKeyUsage),
  oid(OID.authorityKeyIdentifier),
  oid(OID.certificatePolicies),
  oid(OID.authorityInfoAccess),
  oid(OID.cRLDistributionPoints),
];
const NAMES = 0;
const ALL = (1 << EXTENSIONS.length) - 1;
/** By issuer, extension and kind of key: encodings that kept every rule. */
const KNOWN = new WeakMap<LintContext["issuer"], readonly { readonly rsa: Buffer[]; readonly other: Buffer[] }[]>();
const MOST_REMEMBERED = 64;

const COMMON_NAME = oid(OID.commonName);
/** RFC 5280 appendix A.1, ub-common-name. */
const LONGEST_COMMON_NAME = 64;
const VERSION_3 = Uint8Array.of(0xa0, 0x03, 0x02, 0x01, 0x02);
const TRUE = Uint8Array.of(0x01, 0x01, 0xff);
const INTEGER = 0x02;
const OCTET_STRING = 0x04;
const UTF8_STRING = 0x0c;
const UTC_TIME = 0x17;
const SEQUENCE = 0x30;
const SET = 0x31;
const EXPLICIT_3 = 0xa3;
/** `261122060000Z`, with tag and length. */
const UTC_TIME_LENGTH = 15;
const ZULU = 0x5a;
