import { checkExternal, type ImportType, type Place, placeOf, readExpiration } from "#domain/keys/import.ts";
import type { MasterKey, SealedKey } from "#domain/keys/master-key.ts";
import type { KeyId } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { isIncomplete, putImported } from "#store/imported-materials.ts";
import { putJobBy } from "#store/jobs.ts";
import { listMaterials } from "#store/key-rotations.ts";
import { insertMaterial, setKeyState } from "#store/master-keys.ts";
import type { Tx } from "#store/store.ts";
import { changeKey } from "./change-key.ts";
import type { Custody } from "./custody.ts";
import { EXPIRE_TASK, MOST_MATERIALS } from "./delete-material.ts";
import { redeemToken } from "./import-parameters.ts";
import { materialPurpose } from "./material.ts";
import { idsIn, relatedRegions } from "./related-keys.ts";

/** ImportKeyMaterial as a caller asks for it. */
export interface ImportRequest {
  readonly keyId: string;
  readonly token: Uint8Array;
  readonly wrapped: Uint8Array;
  readonly expirationModel: string | undefined;
  readonly validTo: Date | undefined;
  /** What follows is for symmetric keys only: others have one material in all their life. */
  readonly type: ImportType | undefined;
  readonly description: string | undefined;
  readonly materialId: string | undefined;
}

export interface Imported {
  readonly key: MasterKey;
  readonly materialId: string;
}

/** Imports material into a key that was made without: for the first time, again, or to be rotated to. */
export async function importMaterial(
  request: ImportRequest,
  caller: Caller,
  deps: Pick<Custody, "store" | "clock" | "root">,
): Promise<Imported> {
  const facts = factsOf({
    "kms:ExpirationModel": request.expirationModel ?? "KEY_MATERIAL_EXPIRES",
    "kms:ValidTo": request.validTo?.toISOString(),
  });
  const change = async (tx: Tx, key: SealedKey): Promise<Imported> => {
    checkExternal(key);
    checkMembers(request, key);
    const validTo = readExpiration(request.expirationModel, request.validTo, deps.clock.now());
    const redeemed = await redeemToken(tx, request.token, key.id, deps);
    const { vault } = deps.root;
    const arrival = `kms:import:${key.id}`;
    const material = await vault.unwrap({ ...redeemed, wrapped: request.wrapped }, key, arrival);
    if (!material) throw unreadable();
    const related = await relatedRegions(tx, key);
    const known = await listMaterials(tx, key.id, 0, MOST_MATERIALS);
    const isReplica = related !== undefined && related.primary !== key.region;
    const place = placeOf(material.materialId, { known, current: key.version }, { ...request, isReplica });
    if (place.isNew) await announce(tx, idsIn(related, key), place, material.materialId, deps);
    const sealed = await vault.share(material.sealed, arrival, materialPurpose(key.id, place.version));
    const { publicKey } = material;
    await putImported(tx, key.id, place.version, { sealed, publicKey, validTo, description: request.description });
    if (validTo) await putJobBy(tx, EXPIRE_TASK, key.id, validTo.getTime());
    if (key.state === "PendingImport" && !(await isIncomplete(tx, key.id, key.version))) {
      await setKeyState(tx, key.id, { from: "PendingImport", to: "Enabled" });
    }
    return { key, materialId: material.materialId };
  };
  return await changeKey("ImportKeyMaterial", request.keyId, caller, deps, change, facts);
}

/** Notes what the new material is, for the key and all its related ones: into those it is still to be imported. */
async function announce(
  tx: Tx,
  ids: readonly KeyId[],
  { version }: Place,
  materialId: string,
  { clock }: Pick<Custody, "clock">,
): Promise<void> {
  const awaited = { version, materialId, sealed: undefined, publicKey: undefined, createdAt: clock.now() };
  for (const keyId of ids) await insertMaterial(tx, { ...awaited, keyId });
}

function checkMembers({ type, description, materialId }: ImportRequest, { spec }: MasterKey): void {
  if (spec === "SYMMETRIC_DEFAULT" || (type ?? description ?? materialId) === undefined) return;
  throw new Refusal(
    "unsupported-operation",
    `ImportType, KeyMaterialDescription and KeyMaterialId are for symmetric encryption keys only; this is a key of the spec ${spec}.`,
  );
}

/** The same for whatever is wrong: it shall help nobody to guess. */
function unreadable(): Refusal {
  return new Refusal(
    "ciphertext-invalid",
    "The encrypted key material cannot be decrypted with the private key of this import token and its wrapping algorithm.",
  );
}
