import { expect, test } from "vitest";
import { limited } from "./limit.ts";

test("no more than the limit goes on at once, failures free their place, and all are done in order", async () => {
  const limit = limited(2);
  let running = 0;
  let most = 0;
  const begun: number[] = [];
  const work = (n: number) =>
    limit(async () => {
      begun.push(n);
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (n % 2 === 1) throw new Error("odd");
      return n;
    });
  const results = await Promise.allSettled([0, 1, 2, 3, 4].map(work));
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled", "rejected", "fulfilled"]);
  expect([most, begun]).toEqual([2, [0, 1, 2, 3, 4]]);
});
