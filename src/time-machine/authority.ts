import { leafPeriod, type Period, validityLimit } from "#domain/certificate/validity.ts";
import { HOUR, type Millis, SECOND } from "#lib/duration.ts";
import type { Dice } from "./dice.ts";
import type { AuthorityScenario } from "./scenario.ts";
import type { Slot } from "./slot.ts";

/** A CA with a root and an intermediate that it replaces in time, and its own books of what it was asked for. */
export interface AuthorityLedger {
  /** The one that signs now. */
  readonly issuer: Period;
  /** Takes an order. False when one for this version is open, or was fulfilled: that must never happen. */
  open(slot: Slot, generation: number): boolean;
  /**
   * Signs what was ordered: the product's own rules of the day decide how long it lives. Throws when the issuer's life
   * is over.
   */
  sign(slot: Slot, generation: number, wished: Millis, now: number): Period;
  /** A certificate is gone: what is open for it is never fetched. */
  forget(slot: Slot): void;
  /** Makes the next issuer, and the next root where that is due; answers when the one after it is to be made. */
  rollOver(now: number): number;
}

export function newAuthority(scenario: AuthorityScenario, size: number, dice: Dice): AuthorityLedger {
  const opened = new Map<number, number>();
  const signed = new Uint32Array(size);
  let root: Period = nothing;
  let issuer: Period = nothing;

  return {
    get issuer() {
      return issuer;
    },
    open(slot, generation) {
      const isFree = !opened.has(slot.number) && (signed[slot.number] ?? 0) === generation - 1;
      opened.set(slot.number, generation);
      return isFree;
    },
    sign(slot, generation, wished, now) {
      const period = leafPeriod(wished, new Date(now), issuer);
      opened.delete(slot.number);
      signed[slot.number] = generation;
      return period;
    },
    forget({ number }) {
      opened.delete(number);
      signed[number] = 0;
    },
    rollOver(now) {
      const { rootLife, intermediateLife, overlap, late, latest } = scenario;
      if (root.notAfter.getTime() < now + intermediateLife) root = lifeFrom(now, rootLife);
      issuer = lifeFrom(now, Math.min(intermediateLife, root.notAfter.getTime() - now));
      const before = dice.chance(late) ? dice.between(latest, overlap) : overlap;
      return issuer.notAfter.getTime() - before;
    },
  };
}

/** Why a leaf must not be as long as it is; undefined when it may. */
export function tooLong({ notBefore, notAfter }: Period, issuer: Period, now: number): string | undefined {
  const length = notAfter.getTime() - notBefore.getTime() + SECOND;
  const { most } = validityLimit(new Date(now));
  if (length > most) return `lives ${length} ms, but ${most} ms is the most`;
  if (notAfter > issuer.notAfter) return `outlives its issuer, which ends ${issuer.notAfter.toISOString()}`;
  return undefined;
}

/** Put back by an hour, as the product's own issuers are. */
function lifeFrom(now: number, length: Millis): Period {
  return { notBefore: new Date(now - HOUR), notAfter: new Date(now + length - SECOND) };
}

const nothing: Period = { notBefore: new Date(0), notAfter: new Date(0) };
