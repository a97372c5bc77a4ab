import { expect, test } from "vitest";
import { seededRandom } from "#lib/seeded-random.ts";
import { fuzz } from "../../../scripts/fuzz/fuzzer.ts";
import { http1Requests } from "../../../scripts/fuzz/http1-requests.ts";
import { http1Responses } from "../../../scripts/fuzz/http1-responses.ts";

// `node scripts/fuzz.ts http1 --cases 1000000` is the long version.
test.for([http1Requests, http1Responses])("$what: 20,000 cases", async (fuzzer) => {
  const report = await fuzz(fuzzer, 20_000, (number) => seededRandom(number));
  expect(report.failures).toEqual([]);
  expect(report.same).toBeGreaterThan(10_000);
});
