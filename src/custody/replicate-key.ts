import type { KeyTag, MasterKey } from "#domain/keys/master-key.ts";
import { checkMultiRegion, checkPrimary, type RelatedRegions } from "#domain/keys/multi-region.ts";
import { arnOf, keyIdIn, wireKeyId } from "#domain/keys/names.ts";
import { checkTags } from "#domain/keys/tags.ts";
import { type Caller, parseRegion, type Region } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { putKeyTags } from "#store/key-tags.ts";
import { allMaterials, insertMasterKey, insertMaterial } from "#store/master-keys.ts";
import type { Tx } from "#store/store.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";
import type { Custody } from "./custody.ts";
import { keyAct } from "./key-acts.ts";
import { newKeyPolicy } from "./key-policies.ts";
import { shareMaterial } from "./material.ts";
import { relatedRegions } from "./related-keys.ts";

/** ReplicateKey as a caller asks for it. What is not said here the replica does not share. */
export interface ReplicaRequest {
  readonly keyId: string;
  readonly region: string;
  readonly description: string;
  readonly tags: readonly KeyTag[];
  /** The one that lets its account use it, unless it is said. */
  readonly policy: string | undefined;
  /** Also with a policy that does not let the caller change it again. */
  readonly mayLockOut: boolean;
}

/**
 * Makes a replica of a primary key in another Region: with its id, its material and its rotation, and with tags, aliases
 * and grants of its own. Material that was imported is not shared: its owner imports it there, too. Answers the replica.
 */
export async function replicateKey(
  { keyId, description, tags, policy, ...request }: ReplicaRequest,
  caller: Caller,
  deps: ChangeDeps,
): Promise<MasterKey> {
  checkTags(tags, 0);
  const region = readRegion(request.region, "ReplicaRegion");
  const replicate = async (tx: Tx, key: MasterKey): Promise<MasterKey> => {
    checkMultiRegion(key);
    const related = await relatedRegions(tx, key);
    checkPrimary(key, related);
    checkFree(key, related, region);
    const external = key.origin === "EXTERNAL";
    const replica: MasterKey = {
      ...key,
      id: keyIdIn(region, wireKeyId(key.id)),
      region,
      description,
      policy,
      state: external ? "PendingImport" : "Enabled",
      present: !external,
      validTo: undefined,
      createdAt: deps.clock.now(),
    };
    const bound =
      policy === undefined
        ? undefined
        : await newKeyPolicy(tx, replica, policy, request.mayLockOut, { ...caller, region });
    await insertMasterKey(tx, { ...replica, policy: bound }, undefined);
    await shareMaterials(tx, key, replica, deps);
    await putKeyTags(tx, replica.id, tags);
    await recordIn(tx, keyAct({ ...caller, region }, "CreateKey", { key: arnOf(replica) }), deps.clock);
    return replica;
  };
  const facts = factsOf({ "kms:ReplicaRegion": region });
  return await changeKey("ReplicateKey", keyId, caller, deps, replicate, facts);
}

async function shareMaterials(
  tx: Tx,
  key: MasterKey,
  replica: MasterKey,
  { root }: Pick<Custody, "root">,
): Promise<void> {
  for (const { sealed, publicKey, description: _, ...material } of await allMaterials(tx, key.id)) {
    const shared =
      key.origin === "EXTERNAL" || !sealed
        ? { sealed: undefined, publicKey: undefined }
        : { sealed: await shareMaterial(sealed, material.version, { from: key.id, to: replica.id }, root), publicKey };
    await insertMaterial(tx, { ...material, ...shared, keyId: replica.id });
  }
}

function checkFree(key: MasterKey, related: RelatedRegions | undefined, region: Region): void {
  if (region !== key.region && !related?.replicas.includes(region)) return;
  throw new Refusal("key-exists", `${arnOf({ ...key, region })} already exists: a Region has one of the related keys.`);
}

/** The Region that a request names; refuses what is no Region's name. */
export function readRegion(text: string, member: string): Region {
  const region = parseRegion(text);
  if (region) return region;
  throw new Refusal("key-value-invalid", `${member} ${text} is not the name of a Region.`);
}
