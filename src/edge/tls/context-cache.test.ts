import type { SecureContext } from "node:tls";
import { expect, test } from "vitest";
import { contextCache, KeyGone } from "./context-cache.ts";

function made(): { context: SecureContext; closed: () => boolean } {
  let isClosed = false;
  const context = { context: { close: () => (isClosed = true) } } as unknown as SecureContext;
  return { context, closed: () => isClosed };
}

const nextTurn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const clock = (): { now: () => Date; pass: (millis: number) => void } => {
  let at = 0;
  return { now: () => new Date(at), pass: (millis) => void (at += millis) };
};

test("the longest unused go first, in number and in bytes, and are closed in the next turn", async () => {
  const cache = contextCache({ most: 3, mostBytes: 1_000 }, { clock: clock() });
  const contexts = cache.contexts();
  const all = [made(), made(), made(), made()];
  for (const [at, { context }] of all.slice(0, 3).entries())
    await contexts.of(`${at}`, 100, () => Promise.resolve(context));
  expect([cache.full, cache.size, cache.bytes]).toEqual([true, 3, 300]);
  expect(contexts.ready("0")).toBe(all[0]!.context); // used just now
  await contexts.of("3", 100, () => Promise.resolve(all[3]!.context));
  expect(contexts.ready("1")).toBeUndefined();
  expect(all[1]!.closed()).toBe(false);
  await nextTurn();
  expect(all.map(({ closed }) => closed())).toEqual([false, true, false, false]);
  await contexts.of("large", 900, () => Promise.resolve(made().context));
  expect([cache.size, cache.bytes]).toEqual([2, 1_000]);
});

test("it is built once, however many wait for it; a failure is remembered for a second", async () => {
  const time = clock();
  const contexts = contextCache({ most: 3, mostBytes: 1_000 }, { clock: time }).contexts();
  let builds = 0;
  const build = (): Promise<SecureContext> => {
    builds++;
    return Promise.reject(new Error("KMS is away"));
  };
  const both = [contexts.of("a", 1, build), contexts.of("a", 1, build)];
  for (const one of both) await expect(one).rejects.toThrow("KMS is away");
  time.pass(999);
  await expect(contexts.of("a", 1, build)).rejects.toThrow("KMS is away");
  expect(builds).toBe(1);
  time.pass(1);
  await expect(contexts.of("a", 1, build)).rejects.toThrow("KMS is away");
  expect(builds).toBe(2);
});

test("what is closed or forgotten while it is built does not stay in memory", async () => {
  for (const end of ["close", "forget"] as const) {
    const contexts = contextCache({ most: 3, mostBytes: 1_000 }, { clock: clock() }).contexts();
    const { context, closed } = made();
    const building = Promise.withResolvers<SecureContext>();
    const waiting = contexts.of("a", 1, () => building.promise);
    contexts[end]("a");
    building.resolve(context);
    if (end === "close") await expect(waiting).rejects.toThrow(KeyGone);
    else await expect(waiting).resolves.toBe(context); // a handshake that waits for it begins in this turn
    await nextTurn();
    expect([end, closed(), contexts.ready("a")]).toEqual([end, true, undefined]);
  }
});
