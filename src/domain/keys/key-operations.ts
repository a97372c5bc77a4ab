import type { GrantOperation } from "./grant.ts";

/**
 * What has become of a key. PendingImport: it waits for material that its owner imports. PendingReplicaDeletion: it is to
 * be destroyed when the last of its replicas is. A key that was destroyed no longer exists.
 */
export type KeyState = "Enabled" | "Disabled" | "PendingImport" | "PendingDeletion" | "PendingReplicaDeletion";

/** Where a key's material comes from: made here, or imported by its owner. */
export type KeyOrigin = "AWS_KMS" | "EXTERNAL";

/** Who looks after a key: the account that made it, or KMS for a service (`alias/aws/acm`). */
export type KeyManager = "AWS" | "CUSTOMER";

/** Why a key in its state cannot be used for an operation. */
export type StateObjection =
  | "disabled"
  | "pending-deletion"
  | "pending-import"
  | "pending-replica-deletion"
  | "not-pending-deletion";

/** The operations that are about one key, in KMS's words; ReEncrypt is two of them. */
export type KeyOperation =
  | "CancelKeyDeletion"
  | "CreateAlias"
  | "CreateGrant"
  | "Decapsulate"
  | "Decrypt"
  | "DeleteAlias"
  | "DeleteImportedKeyMaterial"
  | "DeriveSharedSecret"
  | "DescribeKey"
  | "DisableKey"
  | "DisableKeyRotation"
  | "EnableKey"
  | "EnableKeyRotation"
  | "Encapsulate"
  | "Encrypt"
  | "GenerateDataKey"
  | "GenerateDataKeyPair"
  | "GenerateDataKeyPairWithoutPlaintext"
  | "GenerateDataKeyWithoutPlaintext"
  | "GenerateMac"
  | "GetKeyLastUsage"
  | "GetKeyPolicy"
  | "GetKeyRotationStatus"
  | "GetParametersForImport"
  | "GetPublicKey"
  | "ImportKeyMaterial"
  | "ListAliases"
  | "ListGrants"
  | "ListKeyPolicies"
  | "ListKeyRotations"
  | "ListResourceTags"
  | "PutKeyPolicy"
  | "ReEncryptFrom"
  | "ReEncryptTo"
  | "ReplicateKey"
  | "RetireGrant"
  | "RevokeGrant"
  | "RotateKeyOnDemand"
  | "ScheduleKeyDeletion"
  | "Sign"
  | "TagResource"
  | "UntagResource"
  | "UpdateAlias"
  | "UpdateKeyDescription"
  | "UpdatePrimaryRegion"
  | "Verify"
  | "VerifyMac";

/** Everything that decides whether an operation may be done with a key, in one place. */
export interface KeyOperationFacts {
  /** The operation of a grant that allows it. */
  readonly grantedAs?: GrantOperation;
  /** Whether it has an encryption context, which a grant's constraint then binds. */
  readonly inContext: boolean;
  /** Whether the key of another account can do it ("Cross-account use" on the page of each operation). */
  readonly abroad: boolean;
  /** https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html: states that are missing do not object. */
  readonly objections: Readonly<Partial<Record<KeyState, StateObjection>>>;
}

const NEEDS_LIFE = {
  PendingDeletion: "pending-deletion",
  PendingReplicaDeletion: "pending-replica-deletion",
} as const;
const NEEDS_MATERIAL = { ...NEEDS_LIFE, PendingImport: "pending-import" } as const;
const NEEDS_ENABLED = { ...NEEDS_MATERIAL, Disabled: "disabled" } as const;
const NEEDS_PENDING = {
  Enabled: "not-pending-deletion",
  Disabled: "not-pending-deletion",
  PendingImport: "not-pending-deletion",
} as const;
/** Whether rotation is for the key at all is said first: it is not where its material is imported. */
const NEEDS_ENABLED_TO_ROTATE = { ...NEEDS_LIFE, Disabled: "disabled" } as const;

const cryptographic = (grantedAs: GrantOperation): KeyOperationFacts => ({
  grantedAs,
  inContext: true,
  abroad: true,
  objections: NEEDS_ENABLED,
});
/** By a key that has no encryption context: a key pair, or one for message authentication codes. */
const contextless = (grantedAs: GrantOperation): KeyOperationFacts => ({
  ...cryptographic(grantedAs),
  inContext: false,
});
const administrative = (objections: KeyOperationFacts["objections"]): KeyOperationFacts => ({
  inContext: false,
  abroad: false,
  objections,
});
const inspecting: KeyOperationFacts = administrative({});
const abroad = (facts: KeyOperationFacts): KeyOperationFacts => ({ ...facts, abroad: true });

const KEY_OPERATIONS: Readonly<Record<KeyOperation, KeyOperationFacts>> = {
  CancelKeyDeletion: administrative(NEEDS_PENDING),
  CreateAlias: administrative(NEEDS_LIFE),
  CreateGrant: { ...abroad(administrative(NEEDS_ENABLED)), grantedAs: "CreateGrant" },
  Decapsulate: contextless("Decapsulate"),
  Decrypt: cryptographic("Decrypt"),
  DeleteAlias: administrative({}),
  DeleteImportedKeyMaterial: administrative({}),
  DeriveSharedSecret: contextless("DeriveSharedSecret"),
  DescribeKey: { ...abroad(inspecting), grantedAs: "DescribeKey" },
  DisableKey: administrative(NEEDS_MATERIAL),
  DisableKeyRotation: administrative(NEEDS_ENABLED_TO_ROTATE),
  EnableKey: administrative(NEEDS_MATERIAL),
  EnableKeyRotation: administrative(NEEDS_ENABLED_TO_ROTATE),
  Encapsulate: contextless("Encapsulate"),
  Encrypt: cryptographic("Encrypt"),
  GenerateDataKey: cryptographic("GenerateDataKey"),
  GenerateDataKeyPair: cryptographic("GenerateDataKeyPair"),
  GenerateDataKeyPairWithoutPlaintext: cryptographic("GenerateDataKeyPairWithoutPlaintext"),
  GenerateDataKeyWithoutPlaintext: cryptographic("GenerateDataKeyWithoutPlaintext"),
  GenerateMac: contextless("GenerateMac"),
  GetKeyLastUsage: inspecting,
  GetKeyPolicy: inspecting,
  GetKeyRotationStatus: abroad(inspecting),
  GetParametersForImport: administrative(NEEDS_LIFE),
  GetPublicKey: contextless("GetPublicKey"),
  ImportKeyMaterial: administrative(NEEDS_LIFE),
  ListAliases: inspecting,
  ListGrants: abroad(inspecting),
  ListKeyPolicies: inspecting,
  ListKeyRotations: inspecting,
  ListResourceTags: inspecting,
  PutKeyPolicy: administrative({}),
  ReEncryptFrom: cryptographic("ReEncryptFrom"),
  ReEncryptTo: cryptographic("ReEncryptTo"),
  ReplicateKey: administrative(NEEDS_ENABLED),
  /** Who may do it is written in the grant (`mayRetire`), whoever owns the key. */
  RetireGrant: abroad(administrative({})),
  RevokeGrant: abroad(inspecting),
  RotateKeyOnDemand: administrative(NEEDS_ENABLED),
  ScheduleKeyDeletion: administrative(NEEDS_LIFE),
  Sign: contextless("Sign"),
  TagResource: administrative(NEEDS_LIFE),
  UntagResource: administrative(NEEDS_LIFE),
  UpdateAlias: administrative(NEEDS_LIFE),
  UpdateKeyDescription: administrative(NEEDS_LIFE),
  UpdatePrimaryRegion: administrative(NEEDS_ENABLED),
  Verify: contextless("Verify"),
  VerifyMac: contextless("VerifyMac"),
};

/** Every operation, for those who go through all. */
export const KEY_OPERATION_NAMES: readonly KeyOperation[] = Object.keys(KEY_OPERATIONS) as KeyOperation[];

export function isKeyOperation(name: string): name is KeyOperation {
  return Object.hasOwn(KEY_OPERATIONS, name);
}

/** All that is known of an operation. */
export function keyOperation(operation: KeyOperation): KeyOperationFacts {
  return KEY_OPERATIONS[operation];
}

/** Why a key in `state` cannot be used for `operation`; undefined when it can. */
export function stateObjection(operation: KeyOperation, state: KeyState): StateObjection | undefined {
  return keyOperation(operation).objections[state];
}
