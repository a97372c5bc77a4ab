import type { Dice } from "./dice.ts";
import type { Trouble } from "./scenario.ts";
import type { Slot } from "./slot.ts";

/** Something that certificates need and that is out of order at times. */
export interface System {
  readonly trouble: Trouble;
  /** Since when it works; Infinity while it does not. */
  worksSince: number;
  /** When it works again; -Infinity while it does. */
  outUntil: number;
}

export interface Systems {
  readonly all: readonly System[];
  /** What every certificate needs: all but the providers. */
  readonly shared: readonly System[];
  readonly resolvers: readonly System[];
  readonly providers: readonly System[];
  readonly ca: readonly System[];
  readonly controlPlane: readonly System[];
}

export function newSystems(troubles: readonly Trouble[], begin: number): Systems {
  const all = troubles.flatMap((trouble) =>
    Array.from({ length: trouble.count }, () => ({ trouble, worksSince: begin, outUntil: Number.NEGATIVE_INFINITY })),
  );
  const of = (kind: Trouble["kind"]): readonly System[] => all.filter(({ trouble }) => trouble.kind === kind);
  return {
    all,
    shared: all.filter(({ trouble }) => trouble.kind !== "provider"),
    resolvers: of("resolvers"),
    providers: of("provider"),
    ca: of("ca"),
    controlPlane: of("control-plane"),
  };
}

/** When the last of some systems works again; -Infinity when all of them work. */
export function outUntil(systems: readonly System[]): number {
  return systems.reduce((latest, system) => Math.max(latest, system.outUntil), Number.NEGATIVE_INFINITY);
}

/** Whether the name servers of a certificate can be asked now. */
export function answersFor({ provider }: Slot, { resolvers, providers }: Systems): boolean {
  return outUntil(resolvers) < 0 && (providers[provider]?.outUntil ?? Number.NEGATIVE_INFINITY) < 0;
}

/** Since when everything that a certificate needs, but its own records, works; Infinity while something does not. */
export function worksSince({ provider }: Slot, { shared, providers }: Systems): number {
  let since = providers[provider]?.worksSince ?? Number.NEGATIVE_INFINITY;
  for (const system of shared) since = Math.max(since, system.worksSince);
  return since;
}

/** Puts a system out of order, or in order again, and answers for how long. */
export function flip(system: System, now: number, dice: Dice): number {
  const { meanLength, longest, meanTimeBetween } = system.trouble;
  if (system.outUntil > Number.NEGATIVE_INFINITY) {
    system.outUntil = Number.NEGATIVE_INFINITY;
    system.worksSince = now;
    return dice.wait(meanTimeBetween);
  }
  const length = Math.min(dice.wait(meanLength), longest);
  system.outUntil = now + length;
  system.worksSince = Number.POSITIVE_INFINITY;
  return length;
}
