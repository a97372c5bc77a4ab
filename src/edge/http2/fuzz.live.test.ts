import { expect, test } from "vitest";
import { seededRandom } from "#lib/seeded-random.ts";
import { fuzz } from "../../../scripts/fuzz/fuzzer.ts";
import { http2Answers } from "../../../scripts/fuzz/http2-answers.ts";
import { http2Blocks, http2Frames } from "../../../scripts/fuzz/http2-requests.ts";

test.for([
  ["frames", http2Frames, 3_000],
  ["header blocks", http2Blocks, 500],
  ["answers", http2Answers, 10_000],
] as const)(
  "%s that are drawn at random are judged as they should be: by node:http2, but for the differences that are written down",
  async ([, fuzzer, cases]) => {
    const { failures, same } = await fuzz(fuzzer, cases, (number) => seededRandom(20_261_122 + number));
    expect(failures).toEqual([]);
    expect(same).toBeGreaterThan(cases / 2);
  },
);
