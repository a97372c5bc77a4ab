import { expect, test } from "vitest";
import { evenHash } from "./even-hash.ts";

test("the same text gives the same number, on every machine and for ever", () => {
  expect(["", "a", "b"].map((text) => evenHash(text).toFixed(6))).toEqual(["0.668922", "0.103526", "0.510809"]);
});

test("texts that differ in one letter are spread evenly", () => {
  const buckets = Array.from({ length: 10 }, () => 0);
  for (let number = 0; number < 10_000; number += 1) {
    const bucket = Math.floor(evenHash(`certificate/${number}`) * 10);
    buckets[bucket] = (buckets[bucket] ?? 0) + 1;
  }
  for (const count of buckets) expect(Math.abs(count - 1000)).toBeLessThan(150);
});
