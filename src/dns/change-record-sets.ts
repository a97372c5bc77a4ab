import type { AccountId } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { decideBatch } from "#domain/zones/change-batch.ts";
import type { HostedZone } from "#domain/zones/hosted-zone.ts";
import type { RecordChange } from "#domain/zones/record-change.ts";
import { isWithin, type RecordName } from "#domain/zones/record-name.ts";
import { type RecordAlias, type RecordSet, setKey } from "#domain/zones/record-set.ts";
import { deleteRecordSet, putRecordSets, recordSetPage, recordSetsAt } from "#store/record-sets.ts";
import type { Tx } from "#store/store.ts";
import { findZoneChange, type ZoneChange } from "#store/zone-changes.ts";
import { addToRecordSetCount, findZoneOf, holdZone } from "#store/zones.ts";
import { noSuchZone, recordChange } from "./hosted-zones.ts";
import { type ProductZone, productAddresses } from "./product-zone.ts";
import type { ZoneDeps } from "./zone-deps.ts";

export interface ChangeBatch {
  readonly account: AccountId;
  readonly zoneId: string;
  readonly comment: string | undefined;
  readonly changes: readonly RecordChange[];
}

/**
 * Applies a whole batch or nothing of it; the batches of one zone follow one another. Refuses `zone-not-found`, and
 * `change-batch-invalid` with everything that speaks against the batch.
 */
export async function changeRecordSets(
  { account, zoneId, comment, changes }: ChangeBatch,
  deps: ZoneDeps,
): Promise<ZoneChange> {
  const targets = await knownTargets(changes, deps.product);
  return deps.store.transaction().execute(async (tx) => {
    const zone = (await holdZone(tx, account, zoneId)) ?? noSuchZone(zoneId);
    const standing = await standingSets(tx, zone, changes);
    const isAliasTarget = (alias: RecordAlias) => targets.get(alias.target) ?? "not-in-zone";
    const decided = decideBatch(changes, { ...zone, standing, isAliasTarget });
    if ("problems" in decided) throw new Refusal("change-batch-invalid", `[${decided.problems.join(", ")}]`);
    const { written, removed } = decided.decision;
    for (const set of removed) {
      await deleteRecordSet(tx, zone.id, set);
    }
    await putRecordSets(tx, zone.id, written);
    const before = new Set(standing.map(setKey));
    const added = written.filter((set) => !before.has(setKey(set))).length;
    await addToRecordSetCount(tx, zone.id, added - removed.length);
    await deps.onRecordsChanged(tx, [...new Set([...written, ...removed].map(({ name }) => name))]);
    return recordChange(tx, zone, comment, deps);
  });
}

/** A page of the zone's record sets in Route 53's order, from a name (and type) on. Refuses `zone-not-found`. */
export async function listRecordSets(
  { account, zoneId }: Pick<ChangeBatch, "account" | "zoneId">,
  from: { readonly name: RecordName; readonly type: string } | undefined,
  limit: number,
  { store }: Pick<ZoneDeps, "store">,
): Promise<readonly RecordSet[]> {
  if (!(await findZoneOf(store, account, zoneId))) noSuchZone(zoneId);
  return recordSetPage(store, zoneId, from, limit);
}

/** An accepted change. Refuses `change-not-found`. */
export async function zoneChange(
  account: AccountId,
  id: string,
  { store }: Pick<ZoneDeps, "store">,
): Promise<ZoneChange> {
  const change = await findZoneChange(store, account, id);
  if (!change) throw new Refusal("change-not-found", `Could not find resource with ID: ${id}`);
  return change;
}

function standingSets(tx: Tx, zone: HostedZone, changes: readonly RecordChange[]): Promise<readonly RecordSet[]> {
  const names = changes.flatMap(({ set: { name, content } }) =>
    content.kind === "alias" && content.zoneId === zone.id ? [name, content.target] : [name],
  );
  return recordSetsAt(tx, zone.id, [...new Set([zone.name, ...names])]);
}

/** Which alias targets are names of our load balancers. Asked before the transaction: the answer may come from elsewhere. */
async function knownTargets(
  changes: readonly RecordChange[],
  product: ProductZone,
): Promise<ReadonlyMap<RecordName, "found" | "not-found">> {
  const targets = changes.flatMap(({ set: { content } }) =>
    content.kind === "alias" && isWithin(content.target, product.name) ? [content.target] : [],
  );
  const known = [...new Set(targets)].map(async (target) => {
    const addresses = await productAddresses(target, product);
    return [target, addresses ? "found" : "not-found"] as const;
  });
  return new Map(await Promise.all(known));
}
