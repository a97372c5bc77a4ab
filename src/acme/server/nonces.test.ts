import { afterAll, beforeAll, expect, test } from "vitest";
import { keyFileRoot } from "#custody/root.ts";
import { HOUR, MINUTE, SECOND } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { openStore, type Store } from "#store/store.ts";
import { testClock } from "../../../tests/support/test-clock.ts";
import { openNonces } from "./nonces.ts";
import { awsRates } from "./rate-limits.ts";

let store: Store;
beforeAll(async () => {
  store = await openStore("file::memory:");
});
afterAll(() => store.destroy());
const root = keyFileRoot(Buffer.alloc(32, 7));

test("a nonce that was used is known as used for as long as it could be used again", async () => {
  const clock = testClock("2026-11-22T00:00:00Z");
  const nonces = openNonces({ store, clock, ids: randomIds, root });
  for (let round = 0; round < 6; round += 1) {
    const nonce = await nonces.fresh();
    expect([await nonces.isGenuine(nonce), await nonces.use(nonce)]).toEqual([true, true]);
    for (let minute = 0; minute < 130; minute += 13) {
      const usable = (await nonces.isGenuine(nonce)) && (await nonces.use(nonce));
      expect(usable, `${minute} minutes later`).toBe(false);
      clock.advance(13 * MINUTE);
      await nonces.use(await nonces.fresh());
    }
  }
});

test("a nonce from the future is none, but a clock may be a minute ahead", async () => {
  const [here, ahead] = [testClock("2026-11-22T00:00:00Z"), testClock("2026-11-22T00:00:50Z")];
  const [ours, theirs] = [here, ahead].map((clock) => openNonces({ store, clock, ids: randomIds, root }));
  expect(await ours?.isGenuine((await theirs?.fresh()) ?? "")).toBe(true);
  ahead.advance(HOUR);
  expect(await ours?.isGenuine((await theirs?.fresh()) ?? "")).toBe(false);
});

test("AWS's rates let a burst through, then so many a second, each account and kind by itself", () => {
  const clock = testClock("2026-11-22T00:00:00Z");
  const limits = awsRates();
  const passes = (account: string, kind: "read" | "finalize"): number => {
    let count = 0;
    while (limits.count(account, kind, clock.now()) === undefined) count += 1;
    return count;
  };
  expect([passes("a", "finalize"), passes("a", "read"), passes("b", "finalize")]).toEqual([5, 50, 5]);
  expect(limits.count("a", "finalize", clock.now())).toBe(SECOND);
  clock.advance(2 * SECOND);
  expect([passes("a", "finalize"), passes("a", "read")]).toEqual([2, 50]);
});
