import { createPrivateKey, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { isKeyPairSpec, type KeyPairSpec, type KeySpec } from "#domain/keys/key-specs.ts";
import type { SealedKey } from "#domain/keys/master-key.ts";
import type { KeyId } from "#domain/keys/names.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { findKeyMaterial, type NewMaterial } from "#store/master-keys.ts";
import type { Db } from "#store/store.ts";
import { makePair } from "./key-pair.ts";
import type { RootOfCustody } from "./root.ts";

/** Makes the 256 bits of a symmetric master key; they are never seen but sealed. */
export function newMaterial(root: RootOfCustody, keyId: KeyId, version: number): NewMaterial {
  return sealBits(SYMMETRIC_BYTES, root, purpose(keyId, version));
}

/** Makes what is behind a master key of any spec: its secret half is never seen but sealed. */
export async function makeMaterial(
  root: RootOfCustody,
  keyId: KeyId,
  version: number,
  spec: KeySpec,
): Promise<NewMaterial> {
  const what = purpose(keyId, version);
  if (!isKeyPairSpec(spec)) return sealBits(SECRET_BYTES[spec], root, what);
  const pair = await makePair(spec);
  using pkcs8 = pair.pkcs8;
  return { sealed: root.seal(pkcs8.bytes, what), publicKey: pair.spki };
}

function sealBits(length: number, root: RootOfCustody, what: string): NewMaterial {
  using bits = new PlaintextKey(randomBytes(length));
  return { sealed: root.seal(bits.bytes, what), publicKey: undefined };
}

/** A master key's secret, in OpenSSL's memory and out of JavaScript's reach. */
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
  const entry = known?.sealed.equals(sealed) ? known : unseal(key.spec, sealed, purpose(key.id, version), root);
  remember(opened, materialId, entry);
  return { material: entry.material, materialId };
}

interface Opened {
  readonly material: KeyObject;
  readonly sealed: Buffer;
}

function unseal(spec: KeySpec, sealed: Uint8Array, what: string, root: RootOfCustody): Opened {
  using secret = root.open(sealed, what);
  const material = isKeyPairSpec(spec)
    ? createPrivateKey({ key: secret.bytes, format: "der", type: "pkcs8" })
    : createSecretKey(secret.bytes);
  return { material, sealed: Buffer.from(sealed) };
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

const SYMMETRIC_BYTES = 32;
/** Of a key for message authentication codes as many as its codes have (RFC 2104 section 3). */
const SECRET_BYTES: Readonly<Record<Exclude<KeySpec, KeyPairSpec>, number>> = {
  SYMMETRIC_DEFAULT: SYMMETRIC_BYTES,
  HMAC_224: 28,
  HMAC_256: 32,
  HMAC_384: 48,
  HMAC_512: 64,
};
const MOST_OPEN = 64;
const OPENED = new WeakMap<RootOfCustody, Map<string, Opened>>();
