import type { MasterKey } from "#domain/keys/master-key.ts";
import { checkMultiRegion, checkPrimary } from "#domain/keys/multi-region.ts";
import { arnOf, keyIdIn, wireKeyId } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { putJob } from "#store/jobs.ts";
import { findMasterKey } from "#store/master-keys.ts";
import { setPrimaryRegion } from "#store/multi-region-keys.ts";
import type { Tx } from "#store/store.ts";
import { authorize } from "./authorize.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";
import { keyAct } from "./key-acts.ts";
import { relatedRegions } from "./related-keys.ts";
import { readRegion } from "./replicate-key.ts";
import { ROTATE_TASK } from "./rotation.ts";

/**
 * Makes a replica the primary one of its related keys: it is replicated and rotated from then on, and the former primary is
 * a replica. The caller must be allowed to do so with both.
 */
export async function updatePrimaryRegion(
  request: { readonly keyId: string; readonly region: string },
  caller: Caller,
  deps: ChangeDeps,
): Promise<void> {
  const operation = "UpdatePrimaryRegion";
  const to = readRegion(request.region, "PrimaryRegion");
  const facts = factsOf({ "kms:PrimaryRegion": to });
  const update = async (tx: Tx, key: MasterKey): Promise<void> => {
    checkMultiRegion(key);
    checkPrimary(key, await relatedRegions(tx, key));
    if (to === key.region) {
      throw new Refusal("unsupported-operation", `${arnOf(key)} is the primary key already.`);
    }
    const next = await findMasterKey(tx, keyIdIn(to, wireKeyId(key.id)));
    if (!next) {
      throw new Refusal(
        "key-not-found",
        `Key '${arnOf({ ...key, region: to })}' does not exist: replicate the key first.`,
      );
    }
    const there = { ...caller, region: to };
    await authorize(tx, next, { operation, context: {}, grantTokens: [], facts }, there, deps.root);
    if (!(await setPrimaryRegion(tx, wireKeyId(key.id), { from: key.region, to }))) {
      throw new Error(`${arnOf(key)} was no longer primary while it was held`);
    }
    if (key.rotation) await putJob(tx, ROTATE_TASK, next.id, key.rotation.next.getTime());
    await recordIn(tx, keyAct(there, operation, { key: arnOf(next) }), deps.clock);
  };
  await changeKey(operation, request.keyId, caller, deps, update, facts);
}
