import { argon2Sync, createSecretKey, type KeyObject } from "node:crypto";
import { hkdf } from "#lib/hkdf.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { open, seal } from "#lib/sealed.ts";
import { fingerprintOf } from "./custody-key.ts";

/** Where a root of custody is kept. */
export type RootKind = "key-file" | "passphrase" | "pkcs11";

/** A root of custody: it wraps custody keys, and nothing else. */
export interface WrappingRoot {
  readonly kind: RootKind;
  /** Names this root without giving anything away: 16 hexadecimal digits. */
  readonly fingerprint: string;
  wrap(keyId: string, key: Uint8Array): Buffer;
  /** Throws when another root wrapped it, when it was changed, or is another key. */
  unwrap(keyId: string, wrapped: Uint8Array): PlaintextKey;
  close(): void;
}

/** A root from the 32 bytes of a key file. They are copied: the caller wipes them. */
export function keyFileRootOf(bytes: Uint8Array): WrappingRoot {
  if (bytes.length !== ROOT_BYTES) {
    throw new Error(`a root of custody has exactly ${ROOT_BYTES} bytes; the key file has ${bytes.length}`);
  }
  return rootOf("key-file", createSecretKey(bytes));
}

/**
 * A root from a passphrase by argon2id; `salt` is kept with the store and is no secret. Takes a quarter of a second and
 * 64 MiB, once. The passphrase is copied: the caller wipes it.
 */
export function passphraseRootOf(passphrase: Uint8Array, salt: Uint8Array): WrappingRoot {
  if (passphrase.length < SHORTEST_PASSPHRASE) {
    throw new Error(`the passphrase of the root of custody needs at least ${SHORTEST_PASSPHRASE} bytes`);
  }
  const secret = argon2Sync("argon2id", { message: passphrase, nonce: salt, ...ARGON2 });
  try {
    return rootOf("passphrase", createSecretKey(secret));
  } finally {
    secret.fill(0);
  }
}

/** What a wrapped custody key is bound to. */
export function wrapContext(fingerprint: string, keyId: string): Buffer {
  return Buffer.from(`sealkeeper custody key ${keyId} under ${fingerprint}`);
}

/** A custody key that does not open. */
export function unwrapFailed(keyId: string, why: string): Error {
  return new Error(`custody key ${keyId} does not open under this root of custody: ${why}`);
}

function rootOf(kind: RootKind, secret: KeyObject): WrappingRoot {
  const fingerprint = fingerprintOf(secret);
  const key = (): PlaintextKey => hkdf(secret, NO_SALT, WRAP, ROOT_BYTES);
  return {
    kind,
    fingerprint,
    wrap(keyId, custodyKey) {
      using own = key();
      return seal(own.bytes, custodyKey, wrapContext(fingerprint, keyId));
    },
    unwrap(keyId, wrapped) {
      using own = key();
      const opened = open(own.bytes, wrapped, wrapContext(fingerprint, keyId));
      if (!opened) throw unwrapFailed(keyId, "it was changed");
      return opened;
    },
    close() {},
  };
}

const ROOT_BYTES = 32;
const SHORTEST_PASSPHRASE = 8;
/** RFC 9106's second recommended option: 64 MiB, three passes; one lane, as Node has one thread. */
const ARGON2 = { parallelism: 1, tagLength: ROOT_BYTES, memory: 65_536, passes: 3 };
const WRAP = Buffer.from("sealkeeper root wrap");
const NO_SALT = Buffer.alloc(0);
