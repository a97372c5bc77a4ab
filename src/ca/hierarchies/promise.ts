import { putJobBy } from "#store/jobs.ts";
import type { Tx } from "#store/store.ts";

/** The name of the job that writes a rollover down at its moment. Its subject is a hierarchy. */
export const SETTLE_TASK = "ca.settle";

/** The name of the job that gives certificates the chain of today. Its subject says how far it has come. */
export const CHAINS_TASK = "ca.chains";

/** Promises that the hierarchy's states follow what is due at `at`. */
export async function promiseSettling(tx: Tx, hierarchy: string, at: Date): Promise<void> {
  await putJobBy(tx, SETTLE_TASK, hierarchy, at.getTime());
}

/** Promises that every certificate's chain is looked at again: roots or cross-certificates have changed. */
export async function promiseChains(tx: Tx, now: Date): Promise<void> {
  await putJobBy(tx, CHAINS_TASK, FIRST_ROUND, now.getTime());
}

/** `<round> <generation>/<ARN of the last one that was looked at>` */
export const FIRST_ROUND = "1";
