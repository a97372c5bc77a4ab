import { expect, test } from "vitest";
import { tryErasure } from "#edge/keys/erasure.ts";
import { countInOwnMemory } from "./own-memory.ts";

test("on this Node a dropped key leaves memory", async () => {
  expect(await tryErasure(countInOwnMemory)).toMatchObject({ erases: true });
});

test("what stands in memory is found, and what was wiped is not", async () => {
  const trace = Buffer.from(`${process.pid} ${Math.random()} in memory`);
  const copies = [Buffer.from(trace), Buffer.from(trace)];
  const there = (await countInOwnMemory([trace])) ?? 0;
  for (const copy of copies) copy.fill(0);
  expect(((await countInOwnMemory([trace])) ?? 0) - there).toBe(-2);
});

test("a key that is left is noticed, and so is memory that cannot be read", async () => {
  const counting = (...counts: readonly number[]) => {
    let look = 0;
    return () => Promise.resolve(counts[look++ % counts.length]);
  };
  expect(await tryErasure(counting(3, 4, 4))).toMatchObject({ erases: false });
  expect(await tryErasure(counting(3, 4, 4, 3, 4, 3))).toMatchObject({ erases: true });
  expect(await tryErasure(counting(3, 3, 3))).toMatchObject({ erases: "unknown" });
  expect(await tryErasure(() => Promise.resolve(undefined))).toMatchObject({ erases: "unknown" });
});
