import fc from "fast-check";
import { expect, test } from "vitest";
import type { OutsideLog } from "./log-list.ts";
import { askable, isEnough, mostOf, nextLog } from "./policy.ts";

const NOW = new Date("2026-11-22T12:00:00Z");
const operated = fc.array(
  fc.constantFrom<string>("A", "B", "C").map((operator) => ({ operator })),
  { maxLength: 8 },
);
const policies = fc
  .tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 }))
  .map(([needed, operators]) => ({ needed, operators: Math.min(needed, operators), missing: "wait" as const }));

test("asked one after the other, logs come to be enough whenever all of them together would be", () => {
  fc.assert(
    fc.property(operated, policies, (all, policy) => {
      const left = [...all];
      const hoped: { operator: string }[] = [];
      for (let log = nextLog(hoped, left, policy); log; log = nextLog(hoped, left, policy)) {
        hoped.push(...left.splice(left.indexOf(log), 1));
      }
      expect(isEnough(hoped, policy)).toBe(isEnough(all, policy));
      if (isEnough(all, policy)) expect(hoped.length).toBe(policy.needed);
    }),
  );
});

test("of many, those that are taken are enough whenever all of them together are", () => {
  fc.assert(
    fc.property(operated, policies, fc.integer({ min: 4, max: 8 }), (all, policy, most) => {
      const taken = mostOf(all, policy, most);
      expect(taken).toHaveLength(Math.min(all.length, most));
      expect(isEnough(taken, policy)).toBe(isEnough(all, policy));
      expect(taken.every((one) => all.includes(one))).toBe(true);
    }),
  );
  const twins = Array.from({ length: 9 }, () => ({ operator: "A" }));
  expect(mostOf([...twins, { operator: "B" }], { needed: 2, operators: 2, missing: "wait" }, 8)).toContainEqual({
    operator: "B",
  });
});

test("logs that asked for patience or take another time are left out, those that failed come last", () => {
  const log = (id: string, start?: string): OutsideLog =>
    ({
      id,
      ...(start === undefined ? {} : { interval: { start: new Date(start), end: new Date("2028-01-01") } }),
    }) as OutsideLog;
  const logs = [log("failed"), log("busy"), log("late", "2027-07-01"), log("fine"), log("rested")];
  const health = {
    failed: { failures: 2, leftAloneUntil: null },
    busy: { failures: 1, leftAloneUntil: NOW.getTime() + 1 },
    rested: { failures: 0, leftAloneUntil: NOW.getTime() },
  };
  const order = (serial: string) =>
    askable(logs, { notAfter: new Date("2027-06-08"), serial }, (id) => health[id as "failed"], NOW).map(
      ({ id }) => id,
    );
  expect(new Set(order("01"))).toEqual(new Set(["failed", "fine", "rested"]));
  expect(order("01").at(-1)).toBe("failed");
  const firsts = new Set(Array.from({ length: 20 }, (_, serial) => order(String(serial))[0]));
  expect(firsts).toEqual(new Set(["fine", "rested"]));
});
