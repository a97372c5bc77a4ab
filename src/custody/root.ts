import { argon2Sync, createSecretKey, type KeyObject, randomBytes } from "node:crypto";
import { hkdf } from "#lib/hkdf.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { open, seal } from "#lib/sealed.ts";

/**
 * The root of custody: what every other key of this installation is sealed under. What one purpose sealed, no other
 * purpose opens; a purpose also names what is sealed ("ca:<issuer id>"), so that two sealed values cannot change places.
 */
export interface RootOfCustody {
  /** Names this root without giving anything away: 16 hexadecimal digits. */
  readonly fingerprint: string;
  seal(plaintext: Uint8Array, purpose: string): Buffer;
  /** Throws `WrongRoot` when another root sealed it, and `NotSealedHere` when it was changed or has another purpose. */
  open(sealed: Uint8Array, purpose: string): PlaintextKey;
}

/** A root from the 32 bytes of a key file. They are copied: the caller wipes them. */
export function keyFileRoot(bytes: Uint8Array): RootOfCustody {
  if (bytes.length !== ROOT_BYTES) {
    throw new Error(`a root of custody has exactly ${ROOT_BYTES} bytes; the key file has ${bytes.length}`);
  }
  return rootOf(createSecretKey(bytes));
}

/**
 * A root from a passphrase by argon2id; `salt` is kept with the store and is no secret. Takes a quarter of a second and
 * 64 MiB, once. The passphrase is copied: the caller wipes it.
 */
export function passphraseRoot(passphrase: Uint8Array, salt: Uint8Array): RootOfCustody {
  if (passphrase.length < SHORTEST_PASSPHRASE) {
    throw new Error(`the passphrase of the root of custody needs at least ${SHORTEST_PASSPHRASE} bytes`);
  }
  const secret = argon2Sync("argon2id", { message: passphrase, nonce: salt, ...ARGON2 });
  try {
    return rootOf(createSecretKey(secret));
  } finally {
    secret.fill(0);
  }
}

/** The value was sealed, but by another root: the wrong key file or passphrase was given. */
export class WrongRoot extends Error {
  override readonly name = "WrongRoot";

  constructor(expected: string, given: string) {
    super(
      `sealed under root of custody ${expected}, but this is root ${given}: give the key file or passphrase of ${expected}`,
    );
  }
}

/** The value was changed, or it was sealed for something else. */
export class NotSealedHere extends Error {
  override readonly name = "NotSealedHere";

  constructor(purpose: string) {
    super(`this is not what was sealed for "${purpose}": it was changed, or belongs to something else`);
  }
}

// magic (3) | version (1) | fingerprint (8) | salt (16) | lib/sealed.ts. Each value has a key of its own, by HKDF with its salt.
function rootOf(secret: KeyObject): RootOfCustody {
  using id = hkdf(secret, NO_SALT, Buffer.from("sealkeeper root fingerprint"), FINGERPRINT);
  const header = Buffer.concat([MAGIC, Buffer.from([VERSION]), id.bytes]);
  const fingerprint = id.bytes.toString("hex");

  const keyFor = (salt: Uint8Array, purpose: string): PlaintextKey =>
    hkdf(secret, salt, Buffer.from(`sealkeeper root seal ${purpose}`), KEY_BYTES);
  const bound = (purpose: string): Buffer => Buffer.concat([header, Buffer.from(purpose)]);

  return {
    fingerprint,
    seal(plaintext, purpose) {
      const salt = randomBytes(SALT);
      using key = keyFor(salt, purpose);
      return Buffer.concat([header, salt, seal(key.bytes, plaintext, bound(purpose))]);
    },
    open(sealed, purpose) {
      const bytes = Buffer.from(sealed.buffer, sealed.byteOffset, sealed.byteLength);
      if (!bytes.subarray(0, MAGIC.length).equals(MAGIC) || bytes.length < header.length + SALT) {
        throw new NotSealedHere(purpose);
      }
      const version = bytes[MAGIC.length] ?? 0;
      if (version !== VERSION) {
        throw new Error(`sealed in form ${version}; this release of Sealkeeper reads form ${VERSION}`);
      }
      const sealer = bytes.subarray(MAGIC.length + 1, header.length).toString("hex");
      if (sealer !== fingerprint) throw new WrongRoot(sealer, fingerprint);
      using key = keyFor(bytes.subarray(header.length, header.length + SALT), purpose);
      const plaintext = open(key.bytes, bytes.subarray(header.length + SALT), bound(purpose));
      if (!plaintext) throw new NotSealedHere(purpose);
      return plaintext;
    },
  };
}

const ROOT_BYTES = 32;
const KEY_BYTES = 32;
const SHORTEST_PASSPHRASE = 8;
/** RFC 9106's second recommended option: 64 MiB, three passes; one lane, as Node has one thread. */
const ARGON2 = { parallelism: 1, tagLength: ROOT_BYTES, memory: 65_536, passes: 3 };

const MAGIC = Buffer.from("SKR");
const VERSION = 1;
const FINGERPRINT = 8;
const SALT = 16;
const NO_SALT = Buffer.alloc(0);
