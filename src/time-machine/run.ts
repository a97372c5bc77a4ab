import { DAY } from "#lib/duration.ts";
import { newAgenda } from "./agenda.ts";
import { newAuthority } from "./authority.ts";
import { newDice } from "./dice.ts";
import { look } from "./life.ts";
import { type Machine, ownerOf } from "./machine.ts";
import { announce, revokeCondemned } from "./mass-revocation.ts";
import { act } from "./owners.ts";
import { type Report, reportOf } from "./report.ts";
import { HARSH, type Scenario } from "./scenario.ts";
import { emptySlot } from "./slot.ts";
import { flip, newSystems } from "./systems.ts";
import { herdOf, newTally } from "./tally.ts";
import { type Event, newTrace } from "./trace.ts";
import { checkPrompt, newWatch } from "./watch.ts";

export interface Run {
  readonly certificates: number;
  readonly years: number;
  readonly seed: number;
  /** HARSH when undefined. */
  readonly scenario?: Scenario;
  /** Shown everything that happens, in order; it costs time. */
  readonly onEvent?: (event: Event) => void;
  /** Told at every simulated midnight. */
  readonly onDay?: (now: Date) => void;
}

/**
 * Lets a fleet of certificates live for years in a simulated world, decided by the product's own rules. Nothing but the
 * seed decides what happens: the same run gives the same trace, byte for byte.
 */
export function runTimeMachine({ certificates, years, seed, scenario = HARSH, onEvent, onDay }: Run): Report {
  const begin = scenario.begin.getTime();
  const end = new Date(begin).setUTCFullYear(scenario.begin.getUTCFullYear() + years);
  const dice = newDice(seed);
  const systems = newSystems(scenario.troubles, begin);
  const providers = Math.max(1, systems.providers.length);
  const slots = Array.from({ length: certificates }, (_, number) =>
    emptySlot(number, { providers, ownZones: dice.chance(scenario.ownZones) }),
  );
  const machine: Machine = {
    now: begin,
    inUse: 0,
    scenario,
    dice,
    agenda: newAgenda(2 * certificates + WORLD.length + systems.all.length),
    slots,
    systems,
    authority: newAuthority(scenario.authority, certificates, dice),
    watch: newWatch(),
    tally: newTally(begin, end),
    trace: newTrace(onEvent),
  };
  plan(machine);
  const midnight = 2 * certificates + WORLD.indexOf("midnight");
  for (;;) {
    const subject = machine.agenda.first();
    const at = machine.agenda.timeOf(subject);
    if (subject < 0 || at >= end) break;
    machine.now = at;
    happen(subject, machine);
    if (subject === midnight) onDay?.(new Date(at));
  }
  return reportOf(machine, { certificates, years, seed, begin, end });
}

/** The world's own subjects on the agenda, behind the certificates and their owners; behind these come the systems. */
const WORLD = ["roll-over", "announce", "revoke", "midnight"] as const;

/** Puts on the agenda what will happen by itself. */
function plan(machine: Machine): void {
  const { slots, dice, agenda, systems, scenario, now, authority } = machine;
  const { rush, firstRush, rampUp, massRevocation } = scenario;
  const world = 2 * slots.length;
  agenda.set(world + WORLD.indexOf("roll-over"), authority.rollOver(now));
  agenda.set(world + WORLD.indexOf("midnight"), now + DAY);
  if (massRevocation) agenda.set(world + WORLD.indexOf("announce"), now + dice.wait(massRevocation.every));
  for (const [index, { trouble }] of systems.all.entries()) {
    agenda.set(world + WORLD.length + index, now + dice.wait(trouble.meanTimeBetween));
  }
  for (const slot of slots) {
    agenda.set(ownerOf(slot, machine), now + dice.between(0, dice.chance(rush) ? firstRush : rampUp));
  }
}

function happen(subject: number, machine: Machine): void {
  const { slots, agenda, systems, dice, trace, now } = machine;
  const slot = slots[subject % slots.length];
  if (subject < slots.length && slot) return look(slot, machine);
  agenda.remove(subject);
  if (subject < 2 * slots.length && slot) return act(slot, machine);
  const place = subject - 2 * slots.length;
  const world = WORLD[place];
  if (world !== undefined) return turn(world, subject, machine);
  const index = place - WORLD.length;
  const system = systems.all[index];
  if (!system) return;
  const breaks = system.outUntil === Number.NEGATIVE_INFINITY;
  if (breaks) {
    const isOfProvider = system.trouble.kind === "provider";
    const provider = systems.providers.indexOf(system);
    for (const each of slots) if (!isOfProvider || each.provider === provider) checkPrompt(each, machine);
  }
  const length = flip(system, now, dice);
  trace.write(now, breaks ? "out of order" : "in order again", index, Math.round(length / 1000));
  agenda.set(subject, now + length);
}

function turn(what: (typeof WORLD)[number], subject: number, machine: Machine): void {
  const { agenda, authority, dice, trace, now, scenario, slots } = machine;
  switch (what) {
    case "roll-over":
      trace.write(now, "new issuer", 0, 0);
      return agenda.set(subject, authority.rollOver(now));
    case "announce": {
      if (!scenario.massRevocation) return;
      const deadline = announce(scenario.massRevocation, machine);
      if (deadline !== undefined) agenda.set(2 * slots.length + WORLD.indexOf("revoke"), deadline);
      return agenda.set(subject, now + dice.wait(scenario.massRevocation.every));
    }
    case "revoke":
      return revokeCondemned(machine);
    case "midnight":
      endDay(machine);
      return agenda.set(subject, now + DAY);
  }
}

function endDay({ tally, now, watch, inUse }: Machine): void {
  const day = tally.dayOf(now) - 1;
  tally.inUse[day] = inUse;
  if (herdOf(tally, day) > HERD) {
    watch.report(undefined, now, `${tally.due[day]} of ${inUse} certificates came due for renewal on one day`);
  }
}

/** No more than this share of the certificates in use may come due on one day. */
const HERD = 0.25;
