import { parseArgs } from "node:util";
import { seededRandom } from "#lib/seeded-random.ts";
import { type Fuzzer, fuzz } from "./fuzz/fuzzer.ts";
import { http1Requests } from "./fuzz/http1-requests.ts";
import { http1Responses } from "./fuzz/http1-responses.ts";
import { http2Answers } from "./fuzz/http2-answers.ts";
import { http2Blocks, http2Frames } from "./fuzz/http2-requests.ts";

/** Parsers of ours beside somebody else's, on bytes that are drawn from a seed. */
const FUZZERS: Readonly<Record<string, readonly Fuzzer[]>> = {
  http1: [http1Requests, http1Responses],
  http2: [http2Frames, http2Blocks, http2Answers],
};

const HELP = `node scripts/fuzz.ts TARGET [--cases N] [--seed N] [--first N]

A failure names its case: --first N --cases 1 with the same seed tries it alone.

`;
const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    cases: { type: "string", default: "100000" },
    seed: { type: "string", default: "1" },
    first: { type: "string", default: "0" },
    help: { type: "boolean", default: false },
  },
});
const [name = ""] = positionals;
const fuzzers = FUZZERS[name];
if (values.help || !fuzzers) {
  const lines = Object.entries(FUZZERS).flatMap(([key, all]) => all.map(({ what }) => `  ${key}  ${what}`));
  process.stdout.write(`${HELP}${lines.join("\n")}\n`);
  process.exitCode = values.help ? 0 : 2;
} else {
  for (const fuzzer of fuzzers) if (!(await run(fuzzer))) process.exitCode = 1;
}

async function run(fuzzer: Fuzzer): Promise<boolean> {
  const [cases, seed, first] = [Number(values.cases), Number(values.seed), Number(values.first)];
  const began = performance.now();
  const report = await fuzz(fuzzer, cases, (number) => seededRandom(Math.imul(seed, 0x9e3779b1) ^ number), {
    first,
    progress: (done) => process.stderr.write(`${done} of ${cases}\n`),
  });
  const seconds = (performance.now() - began) / 1000;
  process.stdout.write(
    [
      fuzzer.what,
      `${report.cases} cases from seed ${seed} in ${seconds.toFixed(0)} s: ${report.same} the same, ${report.failures.length} failures`,
      ...[...report.allowed].toSorted((a, b) => b[1] - a[1]).map(([reason, count]) => `${count}\t${reason}`),
      ...report.failures.map((one) => `\ncase ${one.case}: ${one.failure}`),
      "",
    ].join("\n"),
  );
  return report.failures.length === 0;
}
