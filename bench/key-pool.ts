import { randomBytes } from "node:crypto";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { makeKeyPair } from "#custody/key-pair.ts";
import { addToPool, poolLevel } from "#custody/key-pool.ts";
import { takeLeafKey } from "#custody/leaf-keys.ts";
import { keyFileRoot } from "#custody/root.ts";
import { makeWrapped, newPoolDataKey, POOLED_ALGORITHM } from "#custody/wrapped-key.ts";
import { certificateArn } from "#domain/arn.ts";
import type { AccountId, Region } from "#domain/names.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { openStore } from "#store/store.ts";
import { quantile, type Result } from "./result.ts";

/**
 * A burst of a thousand issuances takes a thousand RSA keys: from a pool that was filled for it, each taken, unwrapped
 * and sealed for its certificate in a transaction on the disk, against generating one in the issuer's way.
 */
export async function keyPool(): Promise<readonly Result[]> {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-bench-"));
  const store = await openStore(`file:${join(directory, "bench.db")}`);
  try {
    const deps = { store, clock: systemClock, ids: randomIds, root: keyFileRoot(randomBytes(32)) };
    const pool = newPoolDataKey(deps.root);
    const generated: number[] = [];
    {
      using dataKey = pool.dataKey;
      for (let n = 0; n < KINDS; n++) {
        const began = performance.now();
        (await makeKeyPair(POOLED_ALGORITHM)).pkcs8[Symbol.dispose]();
        generated.push(performance.now() - began);
        const pair = await makeWrapped(dataKey);
        for (let copy = 0; copy < BURST / KINDS; copy++) await addToPool(pair, pool.sealed, deps);
      }
    }
    const taken: number[] = [];
    for (let n = 0; n < BURST; n++) {
      const began = performance.now();
      const arn = certificateArn(OWNER, `${n}`);
      await store.transaction().execute((tx) => takeLeafKey(tx, POOLED_ALGORITHM, OWNER, arn, deps));
      taken.push(performance.now() - began);
    }
    if ((await poolLevel(1, deps)) > 0) throw new Error("keys were made elsewhere");
    return ([0.5, 0.99] as const).map((q) => ({
      what: `RSA-2048 key for one of ${BURST.toLocaleString("en")} issuances, quantile ${q}`,
      ours: quantile(taken, q),
      unit: "ms",
      against: { name: "generated in the way", value: quantile(generated, q) },
      more: false,
    }));
  } finally {
    await store.destroy();
    rmSync(directory, { recursive: true });
  }
}

const BURST = 1_000;
/** The pool holds so many keys, each several times: filling it with a thousand takes minutes, and taking them no longer. */
const KINDS = 20;
const OWNER = { account: "123456789012" as AccountId, region: "eu-west-1" as Region };
