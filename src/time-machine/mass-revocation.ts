import { DAY, HOUR } from "#lib/duration.ts";
import { endLife } from "./life.ts";
import { type Machine, promiseLook } from "./machine.ts";
import type { MassRevocation } from "./scenario.ts";

/**
 * Many certificates must be replaced at once. Either the CA says so by ARI (RFC 9773), spread over two days, and revokes
 * at the deadline what was not replaced; or the operator revokes them all this minute. Answers when the deadline is;
 * undefined when there is none.
 */
export function announce({ share, notice, byOperator }: MassRevocation, machine: Machine): number | undefined {
  const { dice, slots, now, trace } = machine;
  const struck = share[0] + ((share[1] - share[0]) * dice.below(1000)) / 1000;
  const atOnce = dice.chance(byOperator);
  for (const slot of slots) {
    const { facts } = slot;
    if (facts?.status !== "ISSUED" || !dice.chance(struck)) continue;
    if (atOnce) {
      endLife(slot, facts, "revoked", machine);
      promiseLook(slot, now, machine);
    } else {
      // ARI is asked for every few hours; what it says is heard then.
      const heardAt = now + dice.between(0, 6 * HOUR);
      slot.facts = { ...facts, renewAt: new Date(heardAt + dice.between(0, 2 * DAY)) };
      slot.condemned = slot.generation;
      promiseLook(slot, heardAt, machine);
    }
    trace.write(now, "to be replaced", slot.number, slot.generation);
  }
  return atOnce ? undefined : now + notice;
}

/** The CA revokes what it condemned and nobody replaced. */
export function revokeCondemned(machine: Machine): void {
  for (const slot of machine.slots) {
    const { facts } = slot;
    if (facts?.status !== "ISSUED" || slot.condemned !== slot.generation) continue;
    endLife(slot, facts, "revoked", machine);
    promiseLook(slot, machine.now, machine);
  }
}
