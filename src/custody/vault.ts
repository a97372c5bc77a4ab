import type { WrappingAlgorithm } from "#domain/keys/import.ts";
import type { KeySpec } from "#domain/keys/key-specs.ts";
import type { KeyId } from "#domain/keys/names.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import type { MaterialWork } from "./material-work.ts";

/** A master key's secret as it is stored, and what it was sealed for. */
export interface SealedMaterial {
  readonly spec: KeySpec;
  readonly purpose: string;
  readonly sealed: Uint8Array;
}

/** Fresh material: sealed, and the public half of a pair (SubjectPublicKeyInfo). */
export interface FreshMaterial {
  readonly sealed: Buffer;
  readonly publicKey: Buffer | undefined;
}

/** Imported material: sealed, the public half of a pair, and what it is called. */
export interface ImportedSeal extends FreshMaterial {
  readonly materialId: string;
}

/** Material on its way here, and the key pair under which it was wrapped. */
export interface Wrapped {
  readonly wrappingKey: SealedMaterial;
  readonly algorithm: WrappingAlgorithm;
  readonly wrapped: Uint8Array;
}

/** A custody key as it is stored: wrapped by a root. */
export interface WrappedKey {
  readonly keyId: string;
  readonly wrapped: Uint8Array;
}

/** What others than the vault may have of a custody key: what services seal under, and what tokens are sealed under. */
export interface SharedKeys {
  readonly service: PlaintextKey;
  readonly token: PlaintextKey;
}

/**
 * Where roots of custody, custody keys and master keys are in clear, and the only place: the KMS process, or in tests and
 * tools this one. Roots are numbered as they were configured: 0 is the one in force.
 */
export interface Vault {
  /** Opens a root and answers its fingerprint. A passphrase needs its salt. */
  openRoot(slot: number, salt: Uint8Array | undefined): Promise<string>;
  /** Makes a custody key, wrapped by a root. It is known from then on. */
  newKey(slot: number): Promise<WrappedKey>;
  /** Learns a custody key that a root wrapped. */
  learn(slot: number, key: WrappedKey): Promise<SharedKeys>;
  /** Wraps a known custody key by a root. */
  wrap(slot: number, keyId: string): Promise<Buffer>;
  /** Which known custody key new material is sealed under. */
  sealUnder(keyId: string): Promise<void>;
  /** Forgets a custody key. */
  forget(keyId: string): Promise<void>;
  /** Makes material, sealed for its purpose. */
  make(spec: KeySpec, purpose: string): Promise<FreshMaterial>;
  /** Seals material that was made elsewhere. */
  keep(secret: Uint8Array, purpose: string): Promise<Buffer>;
  /**
   * Unwraps material that its owner imports into a key, and seals it. Undefined when it was not wrapped under this key;
   * refused with `key-material-incorrect` when it is none for the key.
   */
  unwrap(
    wrapped: Wrapped,
    key: { readonly id: KeyId; readonly spec: KeySpec },
    purpose: string,
  ): Promise<ImportedSeal | undefined>;
  /** Seals material for another purpose, too. */
  share(sealed: Uint8Array, from: string, to: string): Promise<Buffer>;
  /** Uses material. Undefined when the work's data are not what this material can open. */
  use(material: SealedMaterial, work: MaterialWork): Promise<Buffer | undefined>;
  /** Seals material anew, under the key that is sealed under now. */
  reseal(sealed: Uint8Array): Promise<Buffer>;
  close(): Promise<void>;
}
