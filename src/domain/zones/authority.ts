/** What counts of a zone when two of them could answer for one name. */
export interface Claim {
  readonly id: string;
  readonly account: string;
  readonly createdAt: Date;
}

/** The zone that speaks for a name, and how far back its right to do so goes. */
export interface Authority<Zone extends Claim> {
  readonly zone: Zone;
  /** Its own birth, or that of the zone it has its right from: delegation and the same account hand it down. */
  readonly since: Claim;
}

/** What stands in the way from a zone down to a name, at one name: an NS record set, a zone, or both. */
export interface Below<Zone extends Claim> {
  /** The oldest of the zones that have this name. */
  readonly eldest: Zone | undefined;
  /** Whom the NS record set at this name delegates to: one of our zones of this name, or servers elsewhere. */
  readonly delegation: { readonly zone: Zone | undefined } | undefined;
}

export type Succession<Zone extends Claim> =
  | { readonly kind: "stay" }
  | { readonly kind: "descend"; readonly to: Authority<Zone> }
  | { readonly kind: "cut" };

/**
 * Who speaks below. Anybody may create a zone of any name, so a zone is neither served nor believed because it exists:
 * 1. the oldest of equal names speaks, and nothing that came later takes a name from an older zone of another account;
 * 2. a zone inside another one speaks when that one delegates to it by NS, whoever owns it;
 * 3. or when both are of one account and nothing else is delegated;
 * 4. otherwise it is as if it were not there.
 */
export function successor<Zone extends Claim>(
  above: Authority<Zone> | undefined,
  { eldest, delegation }: Below<Zone>,
): Succession<Zone> {
  if (!above) return eldest ? descend(eldest, eldest) : STAY;
  if (eldest && eldest.account !== above.zone.account && isOlder(eldest, above.since)) return descend(eldest, eldest);
  if (delegation) return delegation.zone ? descend(delegation.zone, above.since) : CUT;
  if (eldest?.account === above.zone.account) {
    return descend(eldest, isOlder(eldest, above.since) ? eldest : above.since);
  }
  return STAY;
}

/** Whether `a` was there before `b`; the id decides between zones of one moment. */
export function isOlder(a: Claim, b: Claim): boolean {
  const apart = a.createdAt.getTime() - b.createdAt.getTime();
  return apart === 0 ? a.id < b.id : apart < 0;
}

function descend<Zone extends Claim>(zone: Zone, since: Claim): Succession<Zone> {
  return { kind: "descend", to: { zone, since } };
}

const STAY = { kind: "stay" } as const;
const CUT = { kind: "cut" } as const;
