import { domainToASCII, domainToUnicode } from "node:url";
import type { Finding, LintedLeaf } from "./linted-leaf.ts";

// The names in the subjectAltName.

/** BR 7.1.2.7.12: at least one; ACM allows at most 100. */
export function namesAreThere({ names }: LintedLeaf): Finding {
  return names.length >= 1 && names.length <= MOST_NAMES ? undefined : `${names.length} names`;
}

/** BR 7.1.2.7.12: nothing but dNSName and iPAddress; we certify addresses for ourselves only. */
export function namesAreOfAllowedKinds({ names, profile }: LintedLeaf): Finding {
  const allowed = names.every(
    ({ dNSName, iPAddress }) => dNSName !== undefined || (profile === "internal" && iPAddress !== undefined),
  );
  return allowed ? undefined : "another kind of name";
}

/** RFC 5280 section 4.2.1.6 with RFC 1034 section 3.5: letters, digits and hyphens; BR 7.1.4.2: lower case is our form. */
export function hostNamesAreWellFormed(leaf: LintedLeaf): Finding {
  return hostNames(leaf).find((name) => name.length > 253 || !labels(name).every((label) => LABEL.test(label)));
}

/** BR 7.1.2.7.12: a wildcard is the whole of the first label. The LDH rule above forbids it elsewhere. */
export function hostNamesAreFullyQualified(leaf: LintedLeaf): Finding {
  if (leaf.profile === "internal") return undefined;
  return hostNames(leaf).find((name) => labels(name).length < 2 || /^\d+$/.test(labels(name).at(-1) ?? ""));
}

/** RFC 5890 section 2.3.2.1, BR 7.1.2.7.12: hyphens in position three and four belong to valid A-labels only. */
export function internationalNamesAreValid(leaf: LintedLeaf): Finding {
  return hostNames(leaf).find((name) => labels(name).some((label) => label.slice(2, 4) === "--" && !isALabel(label)));
}

/** RFC 8399: a name that stands twice says nothing and hides mistakes. */
export function namesAreDifferent({ names }: LintedLeaf): Finding {
  const all = names.map((name) => name.dNSName ?? name.iPAddress ?? "");
  return all.find((name, index) => all.indexOf(name) !== index);
}

/** An A-label says the same after a round through its Unicode form. */
export function isALabel(label: string): boolean {
  const unicode = domainToUnicode(label);
  return label.startsWith("xn--") && unicode !== "" && unicode !== label && domainToASCII(unicode) === label;
}

function hostNames({ names }: LintedLeaf): string[] {
  return names.map(({ dNSName }) => dNSName).filter((name) => name !== undefined);
}

/** Without the wildcard. */
function labels(name: string): string[] {
  return name.replace(/^\*\./, "").split(".");
}

const MOST_NAMES = 100;
const LABEL = /^(?!-)[a-z0-9-]{1,63}(?<!-)$/;
