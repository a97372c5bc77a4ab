import { type CertificateFacts, nextStep, type Step } from "#domain/certificate/next-step.ts";
import { recheckAfter } from "#domain/certificate/recheck.ts";
import { renewalAfter, renewalTime } from "#domain/certificate/renewal.ts";
import { type CertificateEvent, statusAfter } from "#domain/certificate/status.ts";
import { backoff } from "#lib/backoff.ts";
import { HOUR, type Millis, SECOND } from "#lib/duration.ts";
import { tooLong } from "./authority.ts";
import { type Machine, promiseLook } from "./machine.ts";
import { noticeEnd } from "./owners.ts";
import { PROMPTLY } from "./scenario.ts";
import type { Slot } from "./slot.ts";
import { answersFor, outUntil } from "./systems.ts";
import { checkPrompt } from "./watch.ts";

/**
 * The job "certificate.advance" of one certificate: the product's rules decide what is next, that is done to the
 * simulated certificate, and its time on the agenda is the job's. As in the product a node may die before it has noted
 * down when to look again, and two may look at once.
 */
export function look(slot: Slot, machine: Machine): void {
  const { agenda, systems, scenario, dice, trace, now } = machine;
  const backAt = outUntil(systems.controlPlane);
  if (backAt > now) return promiseLook(slot, backAt, machine);
  const again = lookOnce(slot, machine);
  if (scenario.doubles > 0 && dice.chance(scenario.doubles)) lookOnce(slot, machine);
  if (scenario.deaths > 0 && dice.chance(scenario.deaths)) {
    trace.write(now, "node died", slot.number, slot.generation);
    return promiseLook(slot, now + LEASE, machine);
  }
  if (again === undefined) agenda.remove(slot.number);
  else promiseLook(slot, again, machine);
}

/** Does all that is to be done now and answers when to look again; undefined when nothing will ever be due. */
function lookOnce(slot: Slot, machine: Machine): number | undefined {
  const today = new Date(machine.now);
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const { facts } = slot;
    if (!facts) return undefined;
    machine.tally.decisions += 1;
    const step = nextStep(facts, today, machine.scenario.policy);
    const again = perform(slot, facts, step, machine);
    if (again !== machine.now) return again;
  }
  machine.watch.report(slot, machine.now, `comes to no rest: ${MOST_STEPS} steps at once`);
  return machine.now + HOUR;
}

function perform(slot: Slot, facts: CertificateFacts, step: Step, machine: Machine): number | undefined {
  const { now, trace } = machine;
  switch (step.kind) {
    case "nothing":
      return undefined;
    case "wait":
      return step.until.getTime();
    case "check-domains":
      checkDomains(slot, facts, step.positions, machine);
      return now;
    case "issue":
      return issue(slot, facts, "issued", machine);
    case "renew":
      return issue(slot, facts, "renewed", machine);
    case "start-renewal":
      noteDue(slot, facts, machine);
      trace.write(now, "renewal due", slot.number, slot.generation);
      return startAttempt(slot, facts, "started", machine);
    case "restart-renewal":
      trace.write(now, "renewal begun anew", slot.number, slot.generation);
      return startAttempt(slot, facts, "restarted", machine);
    case "validation-timed-out":
      return endLife(slot, facts, "validation-timed-out", machine);
    case "expired":
      return endLife(slot, facts, "expired", machine);
    case "check-migration":
    case "finish-migration":
    case "migration-timed-out":
    case "forget":
      throw new Error(`${step.kind}: nothing here is proved by e-mail, and no ACME client has a certificate`);
  }
}

/** As checkDomains and renewalUnproven of the lifecycle. */
function checkDomains(slot: Slot, facts: CertificateFacts, positions: readonly number[], machine: Machine): void {
  const { now, systems, trace } = machine;
  const purpose = facts.status === "PENDING_VALIDATION" ? "ISSUE" : "RENEWAL";
  const answered = answersFor(slot, systems);
  const domains = [...facts.domains];
  let unproven = 0;
  for (const position of positions) {
    const proven = answered && (slot.missing & (1 << position)) === 0;
    const checks = (slot.checks[position] ?? 0) + 1;
    slot.checks[position] = checks;
    domains[position] = { position, proven, checkAt: new Date(now + recheckAfter(checks, purpose)) };
    if (!proven) unproven += 1;
  }
  const renewal = purpose === "RENEWAL" && unproven > 0 ? renewalAfter("domains-unproven", facts.renewal) : undefined;
  slot.facts = { ...facts, domains, renewal: renewal ?? facts.renewal };
  trace.write(now, "looked up", slot.number, positions.length - unproven);
}

/** As startRenewal of the lifecycle. */
function startAttempt(slot: Slot, facts: CertificateFacts, event: "started" | "restarted", { now }: Machine): number {
  const renewal = renewalAfter(event, facts.renewal);
  if (renewal === undefined) return now;
  const at = new Date(now);
  slot.checks.fill(0);
  const domains = facts.domains.map(({ position }) => ({ position, proven: false, checkAt: at }));
  slot.facts = { ...facts, renewal, renewalStartedAt: at, domains };
  return now;
}

/** As issueVersion of the lifecycle: what was ordered is found again, whoever looks. */
function issue(slot: Slot, facts: CertificateFacts, issuing: "issued" | "renewed", machine: Machine): number {
  const { now, systems, authority, scenario, dice, trace, watch } = machine;
  const generation = slot.generation + 1;
  if (outUntil(systems.ca) > now) return failed(slot, machine);
  let { order } = slot;
  if (order?.generation !== generation) {
    if (!authority.open(slot, generation)) watch.report(slot, now, `has two orders for version ${generation}`);
    order = { generation, readyAt: now + (scenario.orderTakes > 0 ? dice.wait(scenario.orderTakes) : 0) };
    slot.order = order;
    trace.write(now, "ordered", slot.number, generation);
  }
  if (order.readyAt > now) return order.readyAt;
  if (authority.issuer.notAfter.getTime() <= now) return failed(slot, machine);
  const period = authority.sign(slot, generation, scenario.leafLifetime, now);
  const wrong = tooLong(period, authority.issuer, now);
  if (wrong !== undefined) watch.report(slot, now, wrong);
  putInForce(slot, facts, issuing, { ...period, issuedAt: new Date(now) }, machine);
  return now;
}

function putInForce(
  slot: Slot,
  facts: CertificateFacts,
  issuing: "issued" | "renewed",
  validity: NonNullable<CertificateFacts["validity"]>,
  machine: Machine,
): void {
  const { now, tally, trace } = machine;
  if (issuing === "renewed") noteLead(slot, facts, machine);
  const { status, renewal, renewAt: _done, ...lasting } = facts;
  slot.facts = {
    ...lasting,
    status: statusAfter(issuing, status),
    renewal: issuing === "renewed" ? (renewalAfter("renewed", renewal) ?? renewal) : renewal,
    validity,
  };
  slot.generation += 1;
  slot.order = undefined;
  slot.failures = 0;
  slot.condemned = NEVER;
  tally.count(issuing, now);
  trace.write(now, issuing, slot.number, Math.round((validity.notAfter.getTime() - now) / HOUR));
}

/** A try that failed, as the worker puts its job off. */
function failed(slot: Slot, { now, trace }: Machine): number {
  slot.failures += 1;
  trace.write(now, "could not be ordered", slot.number, slot.failures);
  return now + backoff(slot.failures, RETRY);
}

/** Ends the life of a certificate; one that was in use is missed by its owner. */
export function endLife(
  slot: Slot,
  facts: CertificateFacts,
  event: Extract<CertificateEvent, "expired" | "revoked" | "validation-timed-out">,
  machine: Machine,
): number {
  const { now, tally, trace } = machine;
  if (event !== "validation-timed-out") checkPrompt(slot, machine);
  if (facts.inUse) machine.inUse -= 1;
  slot.facts = {
    ...facts,
    status: statusAfter(event, facts.status),
    renewal: (event === "expired" ? renewalAfter("gave-up", facts.renewal) : undefined) ?? facts.renewal,
  };
  tally.count(event === "expired" ? (facts.inUse ? "expiredInUse" : "expiredUnused") : ENDS[event], now);
  trace.write(now, event === "validation-timed-out" ? "timed out" : event, slot.number, slot.generation);
  noticeEnd(slot, machine);
  return now;
}

/** Counts a renewal that begins because its time has come: not late, and not because the CA wants it. */
function noteDue(slot: Slot, facts: CertificateFacts, machine: Machine): void {
  const { now, tally } = machine;
  if (!isOnTime(slot, facts, now, machine)) return;
  const day = tally.dayOf(now);
  tally.due[day] = (tally.due[day] ?? 0) + 1;
}

function noteLead(slot: Slot, facts: CertificateFacts, machine: Machine): void {
  const { now, tally } = machine;
  const { validity, renewalStartedAt } = facts;
  const day = tally.dayOf(now);
  tally.renewals[day] = (tally.renewals[day] ?? 0) + 1;
  if (!validity || !renewalStartedAt) return;
  const lead = validity.notAfter.getTime() - now;
  tally.worstLead = Math.min(tally.worstLead, lead);
  const began = renewalStartedAt.getTime();
  if (now - began <= PROMPTLY && isOnTime(slot, facts, began, machine)) {
    tally.worstUndisturbedLead = Math.min(tally.worstUndisturbedLead, lead);
  }
}

/** Whether a renewal that began then began when the policy says. */
function isOnTime(
  slot: Slot,
  { validity, renewAt, spread }: CertificateFacts,
  began: number,
  { scenario }: Machine,
): boolean {
  if (!validity || renewAt) return false;
  const due = renewalTime(validity, scenario.policy, spread).getTime();
  return began - due <= HOUR && slot.usedSince <= due;
}

const ENDS = { revoked: "revoked", "validation-timed-out": "timedOut" } as const;
const NEVER = -1;
const MOST_STEPS = 20;
/** As the product's worker: how long a job stays with a node that died, and how failed ones are tried again. */
const LEASE: Millis = 10 * SECOND;
const RETRY = { first: SECOND, most: HOUR };
