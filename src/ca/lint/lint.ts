import { hasKnownForm, rememberForm } from "./known-form.ts";
import { type Finding, type LintContext, type LintedLeaf, readLeaf } from "./linted-leaf.ts";
import * as extensions from "./rules-extensions.ts";
import * as fields from "./rules-fields.ts";
import * as key from "./rules-key.ts";
import * as names from "./rules-names.ts";

/** One requirement: where it stands, and the function that finds it broken. The function's name is the rule's. */
export interface Rule {
  readonly source: string;
  readonly check: (leaf: LintedLeaf) => Finding;
}

/** Every rule a leaf is held against before it is signed (BR 4.3.1.2 demands such a check). BR: version 2.2.6. */
export const RULES: readonly Rule[] = [
  { source: "RFC 5280 4.1.2.1", check: fields.versionIsThree },
  { source: "BR 7.1.2.7", check: fields.serialIsLongAndPositive },
  { source: "BR 7.1.3.2", check: fields.signatureAlgorithmIsTheIssuers },
  { source: "BR 7.1.4.1", check: fields.issuerIsNamedAsItself },
  { source: "RFC 5280 4.1.2.5", check: fields.validityIsForward },
  { source: "BR 6.3.2", check: fields.validityIsWithinTheLimit },
  { source: "BR 7.1.2.7", check: fields.validityBeginsNow },
  { source: "RFC 5280 6.1.3", check: fields.validityIsWithinTheIssuers },
  { source: "RFC 5280 4.1.2.5", check: fields.timesAreInTheirForm },
  { source: "BR 7.1.2.7.2", check: fields.subjectIsACommonNameAtMost },
  { source: "RFC 5280 A.1", check: fields.commonNameIsShort },
  { source: "BR 7.1.4.3", check: fields.commonNameIsAnAlternativeName },
  { source: "BR 7.1.4.2", check: fields.commonNameIsAText },
  { source: "RFC 5280 4.1.2.8", check: fields.thereAreNoUniqueIds },
  { source: "BR 7.1.3.1", check: key.keyAlgorithmIsPrescribed },
  { source: "BR 6.1.5", check: key.keyIsLongEnough },
  { source: "BR 6.1.6", check: key.exponentIsSound },
  { source: "BR 6.1.6", check: key.modulusHasNoSmallFactor },
  { source: "BR 6.1.1.3", check: key.primesAreApart },
  { source: "BR 6.1.1.3", check: key.modulusIsNoRoca },
  { source: "BR 7.1.2.7.12", check: names.namesAreThere },
  { source: "BR 7.1.2.7.12", check: names.namesAreOfAllowedKinds },
  { source: "RFC 5280 4.2.1.6", check: names.hostNamesAreWellFormed },
  { source: "BR 7.1.2.7.12", check: names.hostNamesAreFullyQualified },
  { source: "RFC 5890 2.3.2.1", check: names.internationalNamesAreValid },
  { source: "RFC 5280 4.2.1.6", check: names.namesAreDifferent },
  { source: "RFC 5280 4.2", check: extensions.extensionsAreDifferent },
  { source: "BR 7.1.2.7.6", check: extensions.extensionsAreKnown },
  { source: "BR 7.1.2.11.1", check: extensions.authorityKeyIsTheIssuers },
  { source: "BR 7.1.2.7.12", check: extensions.alternativeNamesAreCriticalForAnEmptySubject },
  { source: "BR 7.1.2.7.11", check: extensions.keyUsageSuitsTheKey },
  { source: "BR 7.1.2.7.10", check: extensions.purposeIsServerAuthentication },
  { source: "BR 7.1.2.7.9", check: extensions.policyIsDomainValidated },
  { source: "BR 7.1.2.11.2", check: extensions.crlIsAtOneHttpUrl },
  { source: "BR 7.1.2.7.7", check: extensions.issuerIsFoundOverHttp },
  { source: "BR 7.1.2.7.8", check: extensions.leafIsNoCa },
  { source: "BR 7.1.2.11.3", check: extensions.timestampsAreWhole },
  { source: "X.690 11.5", check: extensions.defaultsAreLeftOut },
];

/** A TBSCertificate that may not be signed; the message lists every rule it breaks. */
export class LintError extends Error {
  override readonly name = "LintError";
  readonly findings: readonly string[];

  constructor(findings: readonly string[]) {
    super(`this certificate must not be signed: ${findings.join("; ")}`);
    this.findings = findings;
  }
}

/**
 * Throws LintError unless the TBSCertificate keeps every rule. A leaf that differs from earlier ones of its issuer in
 * nothing but its serial number, validity, key and names takes microseconds (known-form.ts), every other one milliseconds.
 */
export function lintLeaf(tbs: Buffer, context: LintContext): void {
  if (hasKnownForm(tbs, context)) return;
  const findings = lintFindings(tbs, context);
  if (findings.length > 0) throw new LintError(findings);
}

/** What every rule finds wrong with a TBSCertificate: `<rule> (<source>): <what>`; empty when nothing is. */
export function lintFindings(tbs: Buffer, context: LintContext): string[] {
  let leaf: LintedLeaf;
  try {
    leaf = readLeaf(tbs, context);
  } catch (error) {
    return [`readable (X.690): ${reason(error)}`];
  }
  const findings = RULES.flatMap(({ source, check }) => {
    const finding = apply(check, leaf);
    return finding === undefined ? [] : [`${check.name} (${source}): ${finding}`];
  });
  if (findings.length === 0) rememberForm(leaf);
  return findings;
}

/** A rule that cannot read what it checks has found something. */
function apply(check: Rule["check"], leaf: LintedLeaf): Finding {
  try {
    return check(leaf);
  } catch (error) {
    return `it cannot be read: ${reason(error)}`;
  }
}

function reason(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
