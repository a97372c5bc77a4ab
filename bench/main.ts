import { parseArgs } from "node:util";
import { acme } from "./acme.ts";
import { audit } from "./audit.ts";
import { describeCertificate } from "./describe-certificate.ts";
import { issuance } from "./issuance.ts";
import { keyPool } from "./key-pool.ts";
import { kms } from "./kms.ts";
import { latency } from "./latency.ts";
import type { Result } from "./result.ts";
import { showResults } from "./result.ts";
import { status } from "./status.ts";
import { throughput } from "./throughput.ts";

/** `npm run bench [-- NAME…]`: each figure beside its peer or its raw limit, in the same run, as a ratio. */
const BENCHES: Readonly<Record<string, () => Promise<readonly Result[]>>> = {
  "describe-certificate": describeCertificate,
  acme,
  audit,
  issuance,
  "key-pool": keyPool,
  kms,
  latency,
  status,
  throughput,
};

const { positionals } = parseArgs({ allowPositionals: true });
const chosen = positionals.length > 0 ? positionals : Object.keys(BENCHES);
for (const name of chosen) {
  const bench = BENCHES[name];
  if (!bench) throw new Error(`there is no bench ${name}; there are ${Object.keys(BENCHES).join(", ")}`);
  process.stdout.write(`${showResults(name, await bench())}\n`);
}
