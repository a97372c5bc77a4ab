import type { IssuerState } from "./issuer-state.ts";

/** Leafs stand under an intermediate of their own family: clients of an RSA leaf may know nothing but RSA. */
export type KeyFamily = "RSA" | "EC";

export const KEY_FAMILIES: readonly KeyFamily[] = ["EC", "RSA"];

/** What the choice looks at. Times are milliseconds since 1970. */
export interface IssuerCandidate {
  readonly id: string;
  readonly family: KeyFamily;
  readonly state: IssuerState;
  /** From when on it signs; null for one that was made ahead and has no moment yet. */
  readonly activeFrom: number | null;
  readonly notBefore: number;
  readonly notAfter: number;
}

/**
 * Who signs a leaf of this family at this moment: of those that are active, or on standby with their moment come, the one
 * whose moment came last. So a rollover happens at its moment, whether or not somebody writes it down just then.
 */
export function chooseIssuer<Candidate extends IssuerCandidate>(
  candidates: readonly Candidate[],
  family: KeyFamily,
  now: Date,
): Candidate | undefined {
  const at = now.getTime();
  let chosen: Candidate | undefined;
  for (const one of candidates) {
    if (one.family !== family || !signsAt(one, at)) continue;
    if (!chosen || order(one, chosen) > 0) chosen = one;
  }
  return chosen;
}

function signsAt({ state, activeFrom, notBefore, notAfter }: IssuerCandidate, at: number): boolean {
  const isUp = (state === "active" || state === "standby") && activeFrom !== null && activeFrom <= at;
  return isUp && notBefore <= at && at < notAfter;
}

/** Of one and the same moment the longer life wins, then the id: the choice is the same on every node. */
function order(one: IssuerCandidate, other: IssuerCandidate): number {
  const moments = (one.activeFrom ?? 0) - (other.activeFrom ?? 0);
  return moments || one.notAfter - other.notAfter || (one.id > other.id ? 1 : -1);
}
