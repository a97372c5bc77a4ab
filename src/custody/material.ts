import { randomBytes } from "node:crypto";
import type { KeyId } from "#domain/keys/names.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { findKeyMaterial } from "#store/master-keys.ts";
import type { Db } from "#store/store.ts";
import type { RootOfCustody } from "./root.ts";

/** Makes the 256 bits of a master key; they are never seen but sealed. */
export function newMaterial(root: RootOfCustody, keyId: KeyId, version: number): Buffer {
  using bits = new PlaintextKey(randomBytes(MATERIAL_BYTES));
  return root.seal(bits.bytes, purpose(keyId, version));
}

/** A version of a key's material in clear, for one `using` block; undefined when there is none. */
export async function openMaterial(
  db: Db,
  keyId: KeyId,
  version: number,
  root: RootOfCustody,
): Promise<{ readonly material: PlaintextKey; readonly materialId: string } | undefined> {
  const stored = await findKeyMaterial(db, keyId, version);
  return stored && { material: root.open(stored.sealed, purpose(keyId, version)), materialId: stored.materialId };
}

function purpose(keyId: KeyId, version: number): string {
  return `kms:${keyId}:${version}`;
}

const MATERIAL_BYTES = 32;
