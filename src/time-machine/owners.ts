import type { CertificateFacts } from "#domain/certificate/next-step.ts";
import { spreadOf } from "#domain/certificate/renewal.ts";
import { DAY, HOUR, MINUTE, type Millis } from "#lib/duration.ts";
import { type Machine, ownerOf, promiseLook } from "./machine.ts";
import { arnOf, type Plan, type Slot } from "./slot.ts";
import { outUntil } from "./systems.ts";
import { checkPrompt } from "./watch.ts";

/** Does what the owner of a certificate has planned, and plans what is next. */
export function act(slot: Slot, machine: Machine): void {
  const { now, systems, dice } = machine;
  const backAt = outUntil(systems.controlPlane);
  const elsewhere = slot.plan === "restore-record" && !slot.ownZones;
  // Whoever finds our API out of order tries again later.
  if (backAt > now && !elsewhere) plan(slot, slot.plan, backAt - now + dice.wait(10 * MINUTE), machine);
  else ACTS[slot.plan](slot, machine);
}

/** A certificate has ended: its owner notices, gives it up and requests another. */
export function noticeEnd(slot: Slot, machine: Machine): void {
  plan(slot, "leave", machine.dice.wait(machine.scenario.owners.notices), machine);
}

function plan(slot: Slot, what: Plan, after: Millis, machine: Machine): void {
  slot.plan = what;
  machine.agenda.set(ownerOf(slot, machine), machine.now + after);
}

const ACTS: Readonly<Record<Plan, (slot: Slot, machine: Machine) => void>> = {
  request(slot, machine) {
    const { now, dice, scenario, tally, trace } = machine;
    slot.serial += 1;
    const count = 1 + dice.below(scenario.mostDomains);
    const positions = Array.from({ length: count }, (_, position) => position);
    slot.checks = positions.map(() => 0);
    slot.missing = (1 << count) - 1;
    slot.facts = {
      status: "PENDING_VALIDATION",
      managed: true,
      requestedAt: new Date(now),
      inUse: false,
      renewal: "NONE",
      spread: spreadOf((scenario.arnOf ?? arnOf)(slot)),
      domains: positions.map((position) => ({ position, proven: false, checkAt: new Date(now) })),
    };
    tally.count("requested", now);
    trace.write(now, "requested", slot.number, slot.serial);
    promiseLook(slot, now, machine);
    const { forgets, writesRecords } = scenario.owners;
    if (dice.chance(forgets)) plan(slot, "attach", 4 * DAY, machine);
    else plan(slot, "write-records", waitOrNow(writesRecords, machine), machine);
  },

  "write-records"(slot, machine) {
    writeRecords(slot, machine);
    machine.trace.write(machine.now, "records written", slot.number, 0);
    plan(slot, "attach", waitOrNow(machine.scenario.owners.attaches, machine), machine);
  },

  attach(slot, machine) {
    const { now, dice, scenario, trace } = machine;
    const { neverAttaches, mishap } = scenario.owners;
    const { facts } = slot;
    if (facts?.status === "PENDING_VALIDATION") return plan(slot, "attach", HOUR, machine);
    if (facts?.status !== "ISSUED") return plan(slot, "leave", HOUR, machine);
    if (dice.chance(neverAttaches)) return plan(slot, "leave", dice.wait(mishap), machine);
    slot.facts = { ...facts, inUse: true };
    slot.usedSince = now;
    machine.inUse += 1;
    trace.write(now, "attached", slot.number, slot.generation);
    promiseLook(slot, now, machine);
    plan(slot, "live", dice.wait(mishap), machine);
  },

  live(slot, machine) {
    const { now, dice, scenario, trace } = machine;
    const { withdraws, returns, recordIsOut, attaches } = scenario.owners;
    const { facts } = slot;
    if (!facts) return;
    if (dice.chance(withdraws)) {
      checkPrompt(slot, machine);
      slot.missing |= 1 << dice.below(facts.domains.length);
      slot.provableSince = Number.POSITIVE_INFINITY;
      trace.write(now, "record withdrawn", slot.number, slot.missing);
      return plan(slot, "restore-record", dice.wait(recordIsOut), machine);
    }
    detach(slot, facts, machine);
    plan(slot, dice.chance(returns) ? "attach" : "delete", dice.wait(attaches), machine);
  },

  "restore-record"(slot, machine) {
    writeRecords(slot, machine);
    machine.trace.write(machine.now, "record restored", slot.number, 0);
    plan(slot, "live", machine.dice.wait(machine.scenario.owners.mishap), machine);
  },

  leave(slot, machine) {
    if (slot.facts?.inUse) detach(slot, slot.facts, machine);
    plan(slot, "delete", MINUTE, machine);
  },

  delete(slot, machine) {
    const { now, dice, scenario, tally, trace, authority } = machine;
    slot.facts = undefined;
    slot.generation = 0;
    slot.order = undefined;
    slot.failures = 0;
    slot.provableSince = Number.POSITIVE_INFINITY;
    slot.usedSince = Number.POSITIVE_INFINITY;
    authority.forget(slot);
    tally.count("deleted", now);
    trace.write(now, "deleted", slot.number, slot.serial);
    promiseLook(slot, now, machine); // finds nothing, which ends the job
    plan(slot, "request", dice.wait(scenario.owners.notices), machine);
  },
};

/** In our own zones a record is noticed as it is written; elsewhere it waits to be looked up. */
function writeRecords(slot: Slot, machine: Machine): void {
  const { now } = machine;
  slot.missing = 0;
  slot.provableSince = now;
  if (!slot.ownZones || !slot.facts) return;
  slot.checks.fill(0);
  const domains = slot.facts.domains.map((domain) => (domain.proven ? domain : { ...domain, checkAt: new Date(now) }));
  slot.facts = { ...slot.facts, domains };
  promiseLook(slot, now, machine);
}

function detach(slot: Slot, facts: CertificateFacts, machine: Machine): void {
  const { now, trace } = machine;
  checkPrompt(slot, machine);
  if (facts.status === "ISSUED") machine.inUse -= 1;
  slot.facts = { ...facts, inUse: false };
  slot.usedSince = Number.POSITIVE_INFINITY;
  trace.write(now, "detached", slot.number, slot.generation);
  promiseLook(slot, now, machine);
}

function waitOrNow(mean: Millis, { dice }: Machine): Millis {
  return mean > 0 ? dice.wait(mean) : 0;
}
