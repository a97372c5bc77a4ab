import type { KeySpec } from "#domain/keys/key-specs.ts";
import type { MasterKey, SealedKey } from "#domain/keys/master-key.ts";
import { arnOf, type KeyId } from "#domain/keys/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { hasCome } from "#lib/duration.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { findKeyMaterial, type NewMaterial } from "#store/master-keys.ts";
import type { Db } from "#store/store.ts";
import type { MaterialWork } from "./material-work.ts";
import type { RootOfCustody } from "./root.ts";

/** Makes what is behind a master key of any spec; its secret half is never seen but sealed. */
export async function makeMaterial(
  root: RootOfCustody,
  keyId: KeyId,
  version: number,
  spec: KeySpec = "SYMMETRIC_DEFAULT",
): Promise<NewMaterial> {
  return await root.vault.make(spec, materialPurpose(keyId, version));
}

/** Seals a version of one key's material for a related key, in another Region. */
export async function shareMaterial(
  sealed: Uint8Array,
  version: number,
  { from, to }: { readonly from: KeyId; readonly to: KeyId },
  { vault }: RootOfCustody,
): Promise<Buffer> {
  return await vault.share(sealed, materialPurpose(from, version), materialPurpose(to, version));
}

/** A master key's secret, to be used where it is: in the vault. What comes out is all that anybody has of it. */
export interface Material {
  encrypt(
    under: { readonly keyId: KeyId; readonly version: number },
    data: Uint8Array,
    context: EncryptionContext,
  ): Promise<Buffer>;
  /** Undefined when key or context are not those of the ciphertext, or it was changed. */
  decrypt(ciphertext: Uint8Array, context: EncryptionContext): Promise<PlaintextKey | undefined>;
  /** Any other work. */
  do(work: MaterialWork): Promise<Buffer | undefined>;
}

/** A version of a key's material, and the name of that. */
export interface OpenMaterial {
  readonly material: Material;
  readonly materialId: string;
  /** When it ends; undefined: never. */
  readonly validTo: Date | undefined;
}

/**
 * A version of a key's material; undefined when there is none. Refused with `key-state-forbids` when it was imported, and
 * was taken away since. Whoever uses a key reads it from the store first, so that one which was disabled or destroyed, by
 * whichever node, is not used again.
 */
export async function openMaterial(
  db: Db,
  key: SealedKey,
  version: number,
  { vault }: RootOfCustody,
): Promise<OpenMaterial | undefined> {
  const stored = version === key.version ? key : await findKeyMaterial(db, key.id, version);
  if (stored?.materialId === undefined) return undefined;
  const { sealed, materialId, validTo } = stored;
  if (!sealed) throw pendingImport(key);
  const material = { spec: key.spec, purpose: materialPurpose(key.id, version), sealed };
  const work = (work: MaterialWork): Promise<Buffer | undefined> => vault.use(material, work);
  return {
    materialId,
    validTo,
    material: {
      do: work,
      async encrypt({ keyId, version }, data, context) {
        const ciphertext = await work({ do: "encrypt", keyId, version, data, context });
        if (!ciphertext) throw new Error("the vault did not encrypt");
        return ciphertext;
      },
      async decrypt(data, context) {
        const plaintext = await work({ do: "decrypt", data, context });
        return plaintext && new PlaintextKey(plaintext);
      },
    },
  };
}

/** What a version of a key's material is sealed for. */
export function materialPurpose(keyId: KeyId, version: number): string {
  return `kms:${keyId}:${version}`;
}

/** Refuses imported material that has ended, also before it is destroyed. */
export function checkInForce(key: MasterKey, { validTo }: Pick<MasterKey, "validTo">, now: Date): void {
  if (validTo && hasCome(validTo, now)) throw pendingImport(key);
}

function pendingImport(key: MasterKey): Refusal {
  return new Refusal("key-state-forbids", `${arnOf(key)} is pending import.`);
}
