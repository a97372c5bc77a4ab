import { createPrivateKey, createPublicKey, type KeyObject } from "node:crypto";
import { newKey } from "#custody/create-key.ts";
import { custodyKey } from "#custody/custody-key.ts";
import { materialPurpose } from "#custody/material.ts";
import { sealAs } from "#custody/seal-form.ts";
import type { KeySpec, KeyUsage } from "#domain/keys/key-specs.ts";
import type { KeyId } from "#domain/keys/names.ts";
import { encode, integer, octetString, oid, sequence, taggedBytes } from "#lib/der.ts";
import { insertMasterKey } from "#store/master-keys.ts";
import { type KeyWorld, OWNER, ROOT_BYTES } from "./key-world.ts";

/** What a key of KMS is to be made of: a secret (of a pair its PKCS#8), or only a public half, for what needs no other. */
export interface KnownMaterial {
  readonly secret?: Uint8Array;
  /** SubjectPublicKeyInfo, DER. */
  readonly spki?: Uint8Array;
}

/**
 * A key of KMS whose material somebody else chose, as if KMS had drawn it: what the specs that nobody can import, and
 * public keys of others, are held against published answers with. Answers the key's id.
 */
export async function knownKey(
  world: KeyWorld,
  kind: { readonly spec: KeySpec; readonly usage: KeyUsage },
  { secret = Buffer.alloc(32), spki }: KnownMaterial,
): Promise<string> {
  const id = world.ids.uuid() as KeyId;
  const key = { ...newKey(OWNER, id, "CUSTOMER", "", world), ...kind };
  const custody = custodyKey(ROOT_BYTES);
  const sealed = sealAs(
    "material",
    { id: custody.id, key: custody.materials },
    secret,
    materialPurpose(id, key.version),
  );
  await world.store.transaction().execute((tx) => insertMasterKey(tx, key, { sealed, publicKey: spki }));
  return id;
}

/** A private key's PKCS#8 with its public half. */
export function pairOf(pkcs8: Uint8Array): { readonly secret: Uint8Array; readonly spki: Buffer } {
  const key = createPrivateKey({ key: Buffer.from(pkcs8), format: "der", type: "pkcs8" });
  return { secret: pkcs8, spki: spkiOf(createPublicKey(key)) };
}

export function spkiOf(key: KeyObject): Buffer {
  return key.export({ type: "spki", format: "der" });
}

/** PKCS#8 of an EC private number (RFC 5915) on a curve with this object identifier. */
export function ecPkcs8(curve: string, scalar: Uint8Array): Buffer {
  const algorithm = sequence(oid("1.2.840.10045.2.1"), oid(curve));
  return encode(sequence(integer(0), algorithm, octetString(sequence(integer(1), octetString(scalar)))));
}

/** PKCS#8 of ML-KEM or ML-DSA with the expanded private key (RFC 9881 and RFC 9935, expandedKey), or with the seed. */
export function latticePkcs8(
  algorithm: string,
  key: { readonly expanded: Uint8Array } | { readonly seed: Uint8Array },
): Buffer {
  const value = "seed" in key ? taggedBytes(0, key.seed) : octetString(key.expanded);
  return encode(sequence(integer(0), sequence(oid(algorithm)), octetString(value)));
}
