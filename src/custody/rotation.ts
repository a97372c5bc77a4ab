import type { KeyOperation } from "#domain/keys/key-operations.ts";
import { KEY_LIMITS, PAGE_SIZES } from "#domain/keys/limits.ts";
import { type Page, type PageRequest, readPage, toPage } from "#domain/keys/marker.ts";
import type { MasterKey, SealedKey } from "#domain/keys/master-key.ts";
import { arnOf, type KeyId } from "#domain/keys/names.ts";
import { type MaterialVersion, type RotationType, readRotationDays } from "#domain/keys/rotation.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { DAY, later } from "#lib/duration.ts";
import { putJob } from "#store/jobs.ts";
import { countOnDemand, listMaterials, putMaterialInForce, setRotation } from "#store/key-rotations.ts";
import { findMasterKey, holdMasterKey } from "#store/master-keys.ts";
import type { Tx } from "#store/store.ts";
import { type ChangeDeps, changeKey } from "./change-key.ts";
import type { Custody, Keeping } from "./custody.ts";
import { type Actor, keyAct } from "./key-acts.ts";
import { makeMaterial } from "./material.ts";
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
  await changeKey("EnableKeyRotation", request.keyId, caller, deps, async (tx, key) => {
    checkRotatable(key);
    const next = later(deps.clock.now(), days * DAY);
    await setRotation(tx, key.id, { days, next });
    await putJob(tx, ROTATE_TASK, key.id, next.getTime());
  });
}

/** Lets a key's material stay as it is. */
export async function disableRotation(keyId: string, caller: Caller, deps: ChangeDeps): Promise<void> {
  await changeKey("DisableKeyRotation", keyId, caller, deps, async (tx, key) => {
    checkRotatable(key);
    await setRotation(tx, key.id, undefined);
  });
}

/** Replaces a key's material now; when it is replaced next by itself stays as it was. */
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
    await rotate(tx, key, "ON_DEMAND", caller, deps);
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

/** The rotations of a key, oldest first; with `first`, also the material that it was made with. */
export async function pageOfRotations(
  request: PageRequest & { readonly keyId: string; readonly first: boolean },
  caller: Caller,
  deps: Pick<Custody, "store" | "root">,
): Promise<{ readonly key: MasterKey; readonly page: Page<MaterialVersion> }> {
  const { after, limit } = readPage(request, "rotations", PAGE_SIZES.rotations);
  const key = await seeRotatable("ListKeyRotations", request.keyId, caller, deps);
  const from = after === "" ? (request.first ? 0 : 1) : Number(after);
  const rows = await listMaterials(deps.store, key.id, from, limit + 1);
  return { key, page: toPage(rows, "rotations", limit, ({ version }) => String(version)) };
}

/**
 * The task "key.rotate". A key that is disabled or to be destroyed is left alone, and looked at again a day later: when it
 * can be used again it is rotated. Answers when to look again; undefined when it rotates no more.
 */
export async function rotateKey(
  keyId: string,
  deps: Pick<Custody, "store" | "clock" | "ids" | "root">,
): Promise<Date | undefined> {
  const { store, clock, ids } = deps;
  return await store.transaction().execute(async (tx) => {
    if (!(await holdMasterKey(tx, keyId as KeyId))) return undefined;
    const key = await findMasterKey(tx, keyId as KeyId);
    if (!key?.rotation) return undefined;
    const now = clock.now();
    if (key.rotation.next > now) return key.rotation.next;
    if (key.state !== "Enabled") return later(now, DAY);
    const { days } = key.rotation;
    const next = later(now, days * DAY);
    await setRotation(tx, key.id, { days, next });
    await rotate(tx, key, "AUTOMATIC", { ...key, arn: KMS, requestId: ids.uuid() }, deps);
    return next;
  });
}

async function rotate(
  tx: Tx,
  key: SealedKey,
  rotation: RotationType,
  actor: Actor,
  { root, clock, ids }: Keeping,
): Promise<void> {
  const version = key.version + 1;
  const { sealed } = await makeMaterial(root, key.id, version);
  const material = { version, materialId: ids.hex(32), sealed, rotation, createdAt: clock.now().getTime() };
  if (!(await putMaterialInForce(tx, key.id, material))) throw new Error(`${arnOf(key)} was rotated while it was held`);
  await recordIn(tx, keyAct(actor, "RotateKey", { key: arnOf(key) }), clock);
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
