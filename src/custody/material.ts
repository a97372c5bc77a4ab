import { createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import type { SealedKey } from "#domain/keys/master-key.ts";
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

/** A master key's bits, in OpenSSL's memory and out of JavaScript's reach. */
export interface OpenMaterial {
  readonly material: KeyObject;
  readonly materialId: string;
}

/**
 * A version of a key's material, opened; undefined when there is none. The last few stay open: whoever uses a key reads
 * it from the store first, so that one which was disabled or destroyed, by whichever node, is not used again.
 */
export async function openMaterial(
  db: Db,
  key: SealedKey,
  version: number,
  root: RootOfCustody,
): Promise<OpenMaterial | undefined> {
  const stored = version === key.version ? key : await findKeyMaterial(db, key.id, version);
  if (!stored) return undefined;
  const { sealed, materialId } = stored;
  const opened = openedBy(root);
  const known = opened.get(materialId);
  const entry = known?.sealed.equals(sealed) ? known : unseal(sealed, purpose(key.id, version), root);
  remember(opened, materialId, entry);
  return { material: entry.material, materialId };
}

interface Opened {
  readonly material: KeyObject;
  readonly sealed: Buffer;
}

function unseal(sealed: Uint8Array, what: string, root: RootOfCustody): Opened {
  using bits = root.open(sealed, what);
  return { material: createSecretKey(bits.bytes), sealed: Buffer.from(sealed) };
}

function openedBy(root: RootOfCustody): Map<string, Opened> {
  const known = OPENED.get(root) ?? new Map<string, Opened>();
  OPENED.set(root, known);
  return known;
}

/** The one used longest ago makes room; nothing refers to it then, and OpenSSL wipes it. */
function remember(opened: Map<string, Opened>, materialId: string, entry: Opened): void {
  opened.delete(materialId);
  opened.set(materialId, entry);
  if (opened.size <= MOST_OPEN) return;
  const [oldest] = opened.keys();
  if (oldest !== undefined) opened.delete(oldest);
}

function purpose(keyId: KeyId, version: number): string {
  return `kms:${keyId}:${version}`;
}

const MATERIAL_BYTES = 32;
const MOST_OPEN = 64;
const OPENED = new WeakMap<RootOfCustody, Map<string, Opened>>();
