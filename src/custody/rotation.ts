import { wrongOrigin } from "#domain/keys/import.ts";
import type { KeyOperation } from "#domain/keys/key-operations.ts";
import { KEY_LIMITS, PAGE_SIZES } from "#domain/keys/limits.ts";
import { markerInvalid, type Page, type PageRequest, readPage, toPage } from "#domain/keys/marker.ts";
import type { MasterKey, SealedKey } from "#domain/keys/master-key.ts";
import { checkPrimary } from "#domain/keys/multi-region.ts";
import { arnOf, type KeyId } from "#domain/keys/names.ts";
import {
  type MaterialState,
  type MaterialVersion,
  materialState,
  type Rotation,
  type RotationType,
  readRotationDays,
} from "#domain/keys/rotation.ts";
import type { Caller } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { DAY, later } from "#lib/duration.ts";
import { putJob } from "#store/jobs.ts";
import { countOnDemand, listMaterials, markRotated, putInForce, setRotation } from "#store/key-rotations.ts";
import { findKeyMaterial, findMasterKey, insertMaterial } from "#store/master-keys.ts";
import type { Db, Tx } from "#store/store.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";
import type { Custody, Keeping } from "./custody.ts";
import { type Actor, keyAct } from "./key-acts.ts";
import { makeMaterial, shareMaterial } from "./material.ts";
import { holdKey, idsIn, relatedRegions } from "./related-keys.ts";
import { seeKey } from "./see-key.ts";

/** The task of the job that replaces a key's material when its time has come; its subject is the key's id. */
export const ROTATE_TASK = "key.rotate";

/** Lets a symmetric key's material be replaced every so many days (90 to 2560; 365 when undefined), first when they are over. */
export async function enableRotation(
  request: { readonly keyId: string; readonly days: number | undefined },
  caller: Caller,
  deps: ChangeDeps,
): Promise<void> {
  const days = readRotationDays(request.days);
  const enable = async (tx: Tx, key: MasterKey): Promise<void> => {
    const next = later(deps.clock.now(), days * DAY);
    await setSchedule(tx, key, { days, next });
    await putJob(tx, ROTATE_TASK, key.id, next.getTime());
  };
  const facts = factsOf({ "kms:RotationPeriodInDays": String(days) });
  await changeKey("EnableKeyRotation", request.keyId, caller, deps, enable, facts);
}

/** Lets a key's material stay as it is. */
export async function disableRotation(keyId: string, caller: Caller, deps: ChangeDeps): Promise<void> {
  await changeKey("DisableKeyRotation", keyId, caller, deps, async (tx, key) => {
    await setSchedule(tx, key, undefined);
  });
}

/** When material that is made here is replaced by itself is the same for all related keys. */
async function setSchedule(tx: Tx, key: MasterKey, rotation: Rotation | undefined): Promise<void> {
  checkRotatable(key);
  if (key.origin === "EXTERNAL") throw wrongOrigin(key);
  const related = await relatedRegions(tx, key);
  checkPrimary(key, related);
  for (const id of idsIn(related, key)) await setRotation(tx, id, rotation);
}

/** Replaces a key's material now: by new one or, of imported material, by what was imported to that end. */
export async function rotateOnDemand(
  keyId: string,
  caller: Caller,
  deps: Pick<Custody, "store" | "clock" | "ids" | "root">,
): Promise<MasterKey> {
  return await changeKey("RotateKeyOnDemand", keyId, caller, deps, async (tx, key) => {
    checkRotatable(key);
    if ((await countOnDemand(tx, key.id)) >= KEY_LIMITS.onDemandRotations) {
      throw new Refusal(
        "key-limit-exceeded",
        `${arnOf(key)} was rotated on demand ${KEY_LIMITS.onDemandRotations} times: more is not possible.`,
      );
    }
    const related = await relatedRegions(tx, key);
    checkPrimary(key, related);
    const ids = idsIn(related, key);
    if (key.origin === "EXTERNAL") await rotateToImported(tx, key, ids, caller, deps);
    else await rotate(tx, key, ids, "ON_DEMAND", caller, deps);
    return key;
  });
}

/** A key as far as its rotation goes, for whoever may see it. */
export async function rotationStatus(
  keyId: string,
  caller: Caller,
  deps: Pick<Custody, "store" | "root">,
): Promise<MasterKey> {
  return await seeRotatable("GetKeyRotationStatus", keyId, caller, deps);
}

/** One page of a key's materials, and which of them it uses how. */
export interface MaterialPage {
  readonly key: MasterKey;
  readonly page: Page<MaterialVersion & { readonly state: MaterialState }>;
}

/** The rotations of a key, oldest first; with `all`, also the material that it began with, and one to be rotated to. */
export async function pageOfRotations(
  request: PageRequest & { readonly keyId: string; readonly all: boolean },
  caller: Caller,
  { store, root }: Pick<Custody, "store" | "root">,
): Promise<MaterialPage> {
  const { after, limit } = readPage(request, "rotations", PAGE_SIZES.rotations);
  const from = after === "" ? (request.all ? 0 : 1) : readVersion(after);
  const key = await seeRotatable("ListKeyRotations", request.keyId, caller, { store, root });
  const rows = await listMaterials(store, key.id, from, limit + 1);
  const shown = request.all ? rows : rows.filter(({ rotation }) => rotation);
  const next = shown.find(({ version }) => version > key.version);
  const everywhere = next !== undefined && (await isEverywhere(store, key, next.version));
  const listed = shown.map((row) => ({ ...row, state: materialState(row.version, key.version, everywhere) }));
  return { key, page: toPage(listed, "rotations", limit, ({ version }) => String(version)) };
}

/** Where a page of rotations ended. */
function readVersion(place: string): number {
  if (/^\d{1,9}$/.test(place)) return Number(place);
  throw markerInvalid();
}

async function isEverywhere(db: Db, key: MasterKey, version: number): Promise<boolean> {
  return !(await missing(db, idsIn(await relatedRegions(db, key), key), version));
}

/** The first of these keys that a version of their material was not imported into. */
async function missing(db: Db, ids: readonly KeyId[], version: number): Promise<KeyId | undefined> {
  for (const id of ids) if (!(await findKeyMaterial(db, id, version))?.sealed) return id;
  return undefined;
}

/**
 * The task "key.rotate". A key that is disabled or to be destroyed is left alone, and looked at again a day later: when it
 * can be used again it is rotated. Answers when to look again; undefined when it rotates no more.
 */
export async function rotateKey(
  keyId: string,
  deps: Pick<Custody, "store" | "clock" | "ids" | "root">,
): Promise<Date | undefined> {
  const { store, clock } = deps;
  return await store.transaction().execute(async (tx) => {
    if (!(await holdKey(tx, keyId as KeyId))) return undefined;
    const key = await findMasterKey(tx, keyId as KeyId);
    if (!key?.rotation) return undefined;
    const related = await relatedRegions(tx, key);
    if (related && related.primary !== key.region) return undefined; // another key is the primary one since
    const ids = idsIn(related, key);
    const now = clock.now();
    if (key.rotation.next > now) return key.rotation.next;
    if (key.state !== "Enabled") return later(now, DAY);
    const { days } = key.rotation;
    const next = later(now, days * DAY);
    for (const id of ids) await setRotation(tx, id, { days, next });
    await rotate(tx, key, ids, "AUTOMATIC", { ...key, arn: KMS, requestId: deps.ids.uuid() }, deps);
    return next;
  });
}

/** Makes new material, and puts it in force for a key and its related ones. */
async function rotate(
  tx: Tx,
  key: SealedKey,
  ids: readonly KeyId[],
  rotation: RotationType,
  actor: Actor,
  { root, clock, ids: random }: Keeping,
): Promise<void> {
  const version = key.version + 1;
  const { sealed, publicKey } = await makeMaterial(root, key.id, version);
  const material = { version, materialId: random.hex(32), publicKey, rotation, createdAt: clock.now() };
  for (const id of ids) {
    const own = id === key.id ? sealed : await shareMaterial(sealed, version, { from: key.id, to: id }, root);
    await insertMaterial(tx, { ...material, keyId: id, sealed: own });
    await advance(tx, id, version);
  }
  await recordIn(tx, keyAct(actor, "RotateKey", { key: arnOf(key) }), clock);
}

/** Puts the material in force that was imported to that end, into the key and all its related ones. */
async function rotateToImported(
  tx: Tx,
  key: SealedKey,
  ids: readonly KeyId[],
  actor: Actor,
  { clock }: Pick<Keeping, "clock">,
): Promise<void> {
  const version = key.version + 1;
  const without = await missing(tx, ids, version);
  if (without !== undefined) {
    const next = await findKeyMaterial(tx, key.id, version);
    throw new Refusal(
      "key-state-forbids",
      next
        ? `${arnOf(key)} has new key material that was not imported into its related key ${without.replace(/^[^.]*\./, "in ")}: import it there first.`
        : `${arnOf(key)} has no key material in the state PENDING_ROTATION: import new key material first.`,
    );
  }
  for (const id of ids) {
    await advance(tx, id, version);
    await markRotated(tx, id, version, clock.now());
  }
  await recordIn(tx, keyAct(actor, "RotateKey", { key: arnOf(key) }), clock);
}

async function advance(tx: Tx, id: KeyId, version: number): Promise<void> {
  if (!(await putInForce(tx, id, version))) throw new Error(`the key ${id} was rotated while it was held`);
}

async function seeRotatable(
  operation: KeyOperation,
  keyId: string,
  caller: Caller,
  deps: Pick<Custody, "store" | "root">,
): Promise<MasterKey> {
  const key = await seeKey(operation, keyId, caller, deps);
  checkRotatable(key);
  return key;
}

function checkRotatable(key: MasterKey): void {
  if (key.spec === "SYMMETRIC_DEFAULT") return;
  throw new Refusal(
    "unsupported-operation",
    `${arnOf(key)} is a key of the spec ${key.spec}: only symmetric encryption keys are rotated.`,
  );
}

const KMS = "kms.amazonaws.com";
