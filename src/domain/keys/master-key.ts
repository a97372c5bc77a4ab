import type { Owner } from "#domain/names.ts";
import type { KeyManager, KeyOrigin, KeyState } from "./key-operations.ts";
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
  readonly origin: KeyOrigin;
  /** The version of its material that encrypts, and that material's id: undefined until the first is imported. */
  readonly version: number;
  readonly materialId: string | undefined;
  /** Whether that material is here: imported material may be gone. */
  readonly present: boolean;
  /** When that material ends; undefined for one that does not, or is not there. */
  readonly validTo: Date | undefined;
  readonly createdAt: Date;
  /**
   * When it is destroyed, and the days that were asked for; undefined unless it is pending deletion. While it waits for
   * its replicas to go, only the days are known.
   */
  readonly deletionAt: Date | undefined;
  readonly pendingDays: number | undefined;
  /** Undefined unless its material is replaced now and then by itself. */
  readonly rotation: Rotation | undefined;
}

/** A master key with the material that encrypts, sealed by the root of custody. */
export interface SealedKey extends MasterKey {
  /** Undefined while it waits to be imported. */
  readonly sealed: Uint8Array | undefined;
  /** SubjectPublicKeyInfo, DER; undefined for a key that is no pair, or waits to be imported. */
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
