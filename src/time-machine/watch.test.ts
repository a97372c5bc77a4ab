import { expect, test } from "vitest";
import { DAY, HOUR, later } from "#lib/duration.ts";
import { newAuthority, tooLong } from "./authority.ts";
import { newDice } from "./dice.ts";
import type { Machine } from "./machine.ts";
import { HARSH } from "./scenario.ts";
import { emptySlot, type Slot } from "./slot.ts";
import { newSystems } from "./systems.ts";
import { checkPrompt, newWatch } from "./watch.ts";

const now = new Date("2027-06-01T00:00:00Z");

/** A certificate in use that was due 10 hours ago, in a world in which all works. */
function due(slot: Partial<Slot> = {}): { slot: Slot; machine: Machine } {
  const world = { scenario: HARSH, systems: newSystems(HARSH.troubles, 0), watch: newWatch(), now: now.getTime() };
  const validity = {
    notBefore: later(now, -60 * DAY),
    notAfter: later(now, 20 * DAY),
    issuedAt: later(now, -60 * DAY),
  };
  const facts = {
    status: "ISSUED",
    managed: true,
    requestedAt: now,
    inUse: true,
    renewal: "NONE",
    domains: [],
  } as const;
  const renewAt = later(now, -10 * HOUR);
  const empty = emptySlot(0, { providers: 8, ownZones: false });
  return {
    machine: world as Machine,
    slot: { ...empty, facts: { ...facts, validity, renewAt }, provableSince: 0, usedSince: 0, ...slot },
  };
}

test("a certificate that could have been renewed for hours and was not is reported", () => {
  const { slot, machine } = due();
  checkPrompt(slot, machine);
  expect(machine.watch.violations).toEqual([
    {
      at: now,
      slot: 0,
      what: expect.stringContaining("was not renewed although everything it needs worked for 10 hours"),
    },
  ]);
});

test("one whose record came back an hour ago is not, nor one whose CA did, nor one that nobody used", () => {
  const ago = now.getTime() - HOUR;
  const { machine } = due();
  checkPrompt(due({ provableSince: ago }).slot, machine);
  checkPrompt(due({ provableSince: Number.POSITIVE_INFINITY }).slot, machine);
  checkPrompt(due({ usedSince: ago }).slot, machine);
  for (const system of machine.systems.ca) system.worksSince = ago;
  checkPrompt(due().slot, machine);
  expect(machine.watch.count).toBe(0);
});

test("a second order for the same version is noticed, and one that leaves a version out", () => {
  const authority = newAuthority(HARSH.authority, 1, newDice(1));
  authority.rollOver(now.getTime());
  const { slot } = due();
  expect(authority.open(slot, 1)).toBe(true);
  expect(authority.open(slot, 1)).toBe(false);
  authority.sign(slot, 1, 90 * DAY, now.getTime());
  expect(authority.open(slot, 1)).toBe(false);
  expect(authority.open(slot, 3)).toBe(false);
});

test("a certificate that is longer than the rules of the day allow, or outlives its issuer, is noticed", () => {
  const issuer = { notBefore: now, notAfter: later(now, 90 * DAY) };
  const leaf = (days: number) => ({ notBefore: now, notAfter: later(now, days * DAY) });
  expect(tooLong(leaf(80), issuer, now.getTime())).toBeUndefined();
  expect(tooLong(leaf(95), issuer, now.getTime())).toMatch(/outlives its issuer/);
  expect(tooLong(leaf(100), issuer, now.getTime())).toMatch(/is the most/);
});
