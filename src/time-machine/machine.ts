import type { Agenda } from "./agenda.ts";
import type { AuthorityLedger } from "./authority.ts";
import type { Dice } from "./dice.ts";
import type { Scenario } from "./scenario.ts";
import type { Slot } from "./slot.ts";
import type { Systems } from "./systems.ts";
import type { Tally } from "./tally.ts";
import type { Trace } from "./trace.ts";
import type { Watch } from "./watch.ts";

/** The whole simulated world. */
export interface Machine {
  /** Milliseconds since 1970. */
  now: number;
  /** How many certificates are valid and used. */
  inUse: number;
  readonly scenario: Scenario;
  readonly dice: Dice;
  /** The first subjects are the certificates' jobs, the next as many their owners, the rest is the world's. */
  readonly agenda: Agenda;
  readonly slots: readonly Slot[];
  readonly systems: Systems;
  readonly authority: AuthorityLedger;
  readonly watch: Watch;
  readonly tally: Tally;
  readonly trace: Trace;
}

/** The agenda's subject for what an owner does. */
export function ownerOf(slot: Slot, { slots }: Machine): number {
  return slots.length + slot.number;
}

/** As the product's `promiseAdvance`: look at a certificate at this time, whatever was promised before. */
export function promiseLook(slot: Slot, at: number, { agenda }: Machine): void {
  agenda.set(slot.number, at);
}
