import { expect, test } from "vitest";
import { perTurn } from "./per-turn.ts";

test("no more than the limit go on in one turn of the event loop, and all of them go on in their order", async () => {
  const turn = perTurn(2);
  let turns = 0;
  const count = (): void => {
    turns++;
    if (begun.length < 7) setImmediate(count);
  };
  const begun: [number, number][] = [];
  setImmediate(count);
  await Promise.all([0, 1, 2, 3, 4, 5, 6].map((n) => turn().then(() => begun.push([n, turns]))));
  expect(begun.map(([n]) => n)).toEqual([0, 1, 2, 3, 4, 5, 6]);
  for (const { length } of Map.groupBy(begun, ([, at]) => at).values()) expect(length).toBeLessThanOrEqual(2);
});
