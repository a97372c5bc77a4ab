import { expect, test } from "vitest";
import type { Timers } from "#lib/timers.ts";
import { keepLease } from "./key-lease.ts";

/** Timers that a test moves. */
function timers(): Timers & { move(by: number): void } {
  const waiting = new Set<{ at: number; act: () => void }>();
  let now = 0;
  return {
    after(delay, act) {
      const one = { at: now + delay, act };
      waiting.add(one);
      return () => waiting.delete(one);
    },
    move(by) {
      now += by;
      for (const one of waiting) {
        if (one.at > now) continue;
        waiting.delete(one);
        one.act();
      }
    },
  };
}

test("keys are dropped once when nothing was heard for as long as the lease, and told anew at the next word", () => {
  const clock = timers();
  const acts: string[] = [];
  const lease = keepLease({
    length: 60,
    timers: clock,
    onEnd: () => acts.push("end"),
    onContact: () => {
      acts.push("contact");
      lease.renew();
    },
  });
  clock.move(59);
  lease.contact();
  clock.move(59);
  expect(acts).toEqual([]);
  clock.move(1);
  clock.move(1000);
  expect(acts).toEqual(["end"]);
  expect(lease.hasEnded).toBe(true);
  lease.contact();
  lease.contact();
  expect(acts).toEqual(["end", "contact"]);
  clock.move(60);
  expect(acts).toEqual(["end", "contact", "end"]);
  lease.contact();
  lease.stop();
  clock.move(1000);
  expect(acts).toEqual(["end", "contact", "end", "contact"]);
});

test("without a length keys are kept for however long the control plane is silent", () => {
  const clock = timers();
  keepLease({
    length: undefined,
    timers: clock,
    onEnd: () => expect.unreachable(),
    onContact: () => expect.unreachable(),
  });
  clock.move(1e9);
});
