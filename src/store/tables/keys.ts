import type { Generated } from "kysely";
import type { KeyOrigin, KeyState } from "#domain/keys/key-operations.ts";
import type { EpochMillis, Fixed } from "./types.ts";

export interface KeyTables {
  /** Master keys without their material. */
  masterKeys: {
    id: Fixed<string>;
    account: Fixed<string>;
    region: Fixed<string>;
    manager: Fixed<"AWS" | "CUSTOMER">;
    /** KMS's KeySpec and KeyUsage. */
    spec: Fixed<string>;
    usage: Fixed<string>;
    description: string;
    /** Its own policy, with the unique ids of the users and roles that it names; null while it has the one that it was made with. */
    policy: string | null;
    state: KeyState;
    origin: Fixed<KeyOrigin>;
    currentVersion: number;
    createdAt: Fixed<EpochMillis>;
    /** When the key is destroyed, and the days that were asked for; null unless it is pending deletion. */
    deletionAt: EpochMillis | null;
    pendingDays: number | null;
    /** How often its material is replaced, and when next; null where it is not. */
    rotationDays: number | null;
    rotationAt: EpochMillis | null;
  };
  /** What is behind a master key, sealed by the root of custody: secret bits, or a private key (PKCS#8). */
  masterKeyMaterials: {
    keyId: Fixed<string>;
    version: Fixed<number>;
    /** KMS's KeyMaterialId. */
    materialId: Fixed<string>;
    /** Null while it waits to be imported, or imported again. */
    sealed: Uint8Array | null;
    /** The public half of a pair (SubjectPublicKeyInfo). */
    publicKey: Uint8Array | null;
    /** Why it replaced the one before; null for the first, and for one that is not in force yet. */
    rotation: "AUTOMATIC" | "ON_DEMAND" | null;
    createdAt: Fixed<EpochMillis>;
    /** When it was put in force, where that is not when it was made. */
    rotatedAt: EpochMillis | null;
    /** Of imported material: what its owner said of it, and when it ends by itself. */
    description: string | null;
    validTo: EpochMillis | null;
  };
  /** One row for the keys of several Regions that share an id; whoever changes what they share holds it first. */
  multiRegionKeys: {
    /** `mrk-…`, without a Region. */
    id: Fixed<string>;
    account: Fixed<string>;
    primaryRegion: string;
  };
  /** The key pairs under which material is imported. */
  wrappingKeys: {
    /** The digest of the import token. */
    id: Fixed<string>;
    keyId: Fixed<string>;
    algorithm: Fixed<string>;
    /** The private half (PKCS#8), sealed by the root of custody. */
    sealed: Fixed<Uint8Array>;
    validTo: Fixed<EpochMillis>;
  };
  keyTags: {
    keyId: Fixed<string>;
    tagKey: Fixed<string>;
    tagValue: string;
  };
  keyAliases: {
    account: Fixed<string>;
    region: Fixed<string>;
    /** With `alias/` in front. */
    name: Fixed<string>;
    keyId: string;
    createdAt: Fixed<EpochMillis>;
    updatedAt: EpochMillis;
  };
  grants: {
    id: Fixed<string>;
    keyId: Fixed<string>;
    /** The account and region of the key. */
    account: Fixed<string>;
    region: Fixed<string>;
    name: Fixed<string | null>;
    /** Principals: users and roles by their unique ids, all others by their ARNs or names. */
    granteePrincipal: Fixed<string>;
    retiringPrincipal: Fixed<string | null>;
    issuingAccount: Fixed<string>;
    /** JSON. */
    operations: Fixed<string>;
    constraintKind: Fixed<"equals" | "subset" | null>;
    /** JSON; null without a constraint. */
    constraintContext: Fixed<string | null>;
    /** The digest of the one context that it is for; empty when it may be for several. */
    contextDigest: Fixed<string>;
    /** The digest of a named grant's parameters: asking for the same again is the same grant. */
    sameness: Fixed<string | null>;
    createdAt: Fixed<EpochMillis>;
  };
  /** RSA keys made in advance, oldest first. Each is sealed by a data key, which the root of custody sealed. */
  leafKeyPool: {
    id: Generated<number>;
    algorithm: Fixed<string>;
    spki: Fixed<Uint8Array>;
    sealedKey: Fixed<Uint8Array>;
    sealedDataKey: Fixed<Uint8Array>;
    createdAt: Fixed<EpochMillis>;
  };
}
