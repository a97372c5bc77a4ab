/** The hierarchy of all who have none of their own; it always is. */
export const SHARED_HIERARCHY = "shared";

/** What a leaf is issued for: ACM's own certificates, those of ACME clients, and Sealkeeper's own servers. */
export type IssuancePurpose = "acm" | "acme" | "internal";

export const ISSUANCE_PURPOSES: readonly IssuancePurpose[] = ["acm", "acme", "internal"];

/** For whom a hierarchy is; empty text stands for all. */
export interface HierarchyScope {
  readonly account: string;
  readonly purpose: IssuancePurpose | "";
}

/**
 * The hierarchy for a leaf: the one that says most about it. An account's own comes before one for a purpose of all
 * accounts; undefined where only the shared one is left.
 */
export function chooseHierarchy<Scope extends HierarchyScope>(
  scopes: readonly Scope[],
  { account, purpose }: { readonly account: string; readonly purpose: IssuancePurpose },
): Scope | undefined {
  const weight = (scope: Scope): number => (scope.account === "" ? 0 : 2) + (scope.purpose === "" ? 0 : 1);
  return scopes
    .filter((one) => (one.account === "" || one.account === account) && (one.purpose === "" || one.purpose === purpose))
    .reduce<Scope | undefined>((best, one) => (best && weight(best) >= weight(one) ? best : one), undefined);
}

/** The name of a hierarchy as an operator gives it; it begins the names of its CAs, which stand in URLs. */
export function parseHierarchyName(text: string): string | undefined {
  return /^[a-z]{3,12}$/.test(text) && text !== SHARED_HIERARCHY ? text : undefined;
}

/** What the ids of CAs are made of: `r3` is the third root of the shared hierarchy, `paymentsec1` one of another. */
export function issuerId(hierarchy: string, kind: "r" | "rsa" | "ec", number: number): string {
  return `${hierarchy === SHARED_HIERARCHY ? "" : hierarchy}${kind}${number}`;
}
