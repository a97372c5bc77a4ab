import type { Owner } from "#domain/names.ts";
import type { KeyManager, KeyState } from "./key-operations.ts";
import type { KeyKind } from "./key-specs.ts";
import type { AliasName, KeyId } from "./names.ts";
import type { Rotation } from "./rotation.ts";

/** A master key as it stands, without its material. */
export interface MasterKey extends Owner, KeyKind {
  readonly id: KeyId;
  readonly manager: KeyManager;
  readonly description: string;
  /** The text of its own policy; undefined while it has the one that it was made with. */
  readonly policy: string | undefined;
  readonly state: KeyState;
  /** The version of its material that encrypts, and that material's id. */
  readonly version: number;
  readonly materialId: string;
  readonly createdAt: Date;
  /** When its material is destroyed, and the days that were asked for; undefined unless it is pending deletion. */
  readonly deletionAt: Date | undefined;
  readonly pendingDays: number | undefined;
  /** Undefined unless its material is replaced now and then by itself. */
  readonly rotation: Rotation | undefined;
}

/** A master key with the material that encrypts, sealed by the root of custody. */
export interface SealedKey extends MasterKey {
  readonly sealed: Uint8Array;
  /** SubjectPublicKeyInfo, DER; undefined for a key that is no pair. */
  readonly publicKey: Uint8Array | undefined;
}

/** Another name of a key. */
export interface KeyAlias {
  readonly name: AliasName;
  readonly keyId: KeyId;
  readonly createdAt: Date;
  readonly updatedAt: Date;
}

export interface KeyTag {
  readonly key: string;
  readonly value: string;
}
