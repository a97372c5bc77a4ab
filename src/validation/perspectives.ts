import type { ResolverAddress } from "#dns/resolver-address.ts";
import { type Asked, openProtocol } from "./asked.ts";
import { openView, type View, type ViewDeps } from "./view.ts";

export interface PerspectiveDeps extends ViewDeps {
  /**
   * Resolvers in different places of the network, each place with those that stand in for one another. Where there are
   * none, or only one, the resolvers alone are believed.
   */
  readonly perspectives?: readonly (readonly ResolverAddress[])[] | undefined;
}

/** What a look from one place came to. */
export interface Verdict {
  readonly holds: boolean;
  /** Why not, a sentence; undefined when it holds. */
  readonly reason?: string | undefined;
}

/** What the looks from all places came to together. */
export interface Corroborated<V extends Verdict> {
  /** As many as must found it to hold. */
  readonly holds: boolean;
  readonly reason: string | undefined;
  /** Of each place, the first that was asked first. */
  readonly verdicts: readonly V[];
  /** The place that was asked first; hints are looked for from there. */
  readonly first: View;
  readonly lookups: readonly Asked[];
}

/**
 * Looks from every perspective, and believes what all of two, or all but one of three and more, find: whoever deceives
 * one resolver, or the network around it, does not deceive the others (Baseline Requirements, section 3.2.2.9). What our
 * own zones alone can tell is looked at once. `check` must not change anything.
 */
export async function corroborate<V extends Verdict>(
  check: (view: View) => Promise<V>,
  deps: PerspectiveDeps,
): Promise<Corroborated<V>> {
  const protocol = openProtocol();
  const places = deps.perspectives && deps.perspectives.length > 0 ? deps.perspectives : [deps.resolvers];
  const views = places.map((resolvers) => openView(deps, protocol, resolvers));
  const [first = openView(deps, protocol), ...others] = views;
  const verdicts = [await check(first)];
  const seen = [first];
  if (first.wentAbroad()) {
    verdicts.push(...(await Promise.all(others.map(check))));
    seen.push(...others);
  }
  const needed = quorum(verdicts.length);
  const holding = verdicts.filter(({ holds }) => holds).length;
  return {
    holds: holding >= needed,
    reason: holding >= needed ? undefined : disagreement(seen, verdicts, needed),
    verdicts,
    first,
    lookups: protocol.lines,
  };
}

/** How many of so many perspectives must agree. */
export function quorum(perspectives: number): number {
  return perspectives <= 2 ? perspectives : perspectives - 1;
}

/** One reason where all have the same; otherwise who says what. */
function disagreement(views: readonly View[], verdicts: readonly Verdict[], needed: number): string | undefined {
  const reasons = new Set(verdicts.map(({ reason }) => reason));
  if (reasons.size === 1) return verdicts[0]?.reason;
  const said = views.map(({ name }, index) => {
    const { holds, reason = "" } = verdicts[index] ?? { holds: false };
    return holds ? `${name} finds everything right.` : `${name}: ${reason}`;
  });
  return `${DISAGREE} (${needed} of ${verdicts.length} must find it). ${said.join(" ")}`;
}

const DISAGREE = "The perspectives disagree";
