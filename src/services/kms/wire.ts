import type {
  AliasListEntry,
  DataKeyPairSpec,
  EncryptionAlgorithmSpec,
  GrantListEntry,
  KeyMetadata,
  MultiRegionConfiguration,
  Tag,
} from "@aws-sdk/client-kms";
import { AwsError } from "#aws/service.ts";
import type { UseOptions } from "#custody/use-key.ts";
import type { StoredGrant } from "#domain/keys/grant.ts";
import {
  algorithmsOf,
  type EncryptionAlgorithm,
  isKeyPairSpec,
  type KeyKind,
  type KeyPairSpec,
  type KeyUsage,
} from "#domain/keys/key-specs.ts";
import type { Page, PageRequest } from "#domain/keys/marker.ts";
import type { KeyAlias, KeyTag, MasterKey } from "#domain/keys/master-key.ts";
import type { RelatedRegions } from "#domain/keys/multi-region.ts";
import { aliasArn, arnOf, isReservedAlias, wireKeyId } from "#domain/keys/names.ts";
import type { Owner, Region } from "#domain/names.ts";

/** A key as DescribeKey shows it; `related` is where its related keys are, of a multi-Region key. */
export function keyMetadata(key: MasterKey, related: RelatedRegions | undefined): KeyMetadata {
  return {
    AWSAccountId: key.account,
    KeyId: wireKeyId(key.id),
    Arn: arnOf(key),
    CreationDate: key.createdAt,
    Enabled: key.state === "Enabled",
    Description: key.description,
    KeyUsage: key.usage,
    KeyState: key.state,
    ...(key.deletionAt && { DeletionDate: key.deletionAt }),
    ...(key.state === "PendingReplicaDeletion" && { PendingDeletionWindowInDays: key.pendingDays }),
    Origin: key.origin,
    ...(key.origin === "EXTERNAL" && key.present && expiration(key.validTo)),
    KeyManager: key.manager,
    CustomerMasterKeySpec: key.spec as "SYMMETRIC_DEFAULT", // a deprecated name: its type does not know newer specs
    KeySpec: key.spec,
    ...algorithmLists(key),
    MultiRegion: related !== undefined,
    ...(related && { MultiRegionConfiguration: multiRegion(key, related) }),
    ...(key.spec === "SYMMETRIC_DEFAULT" && { CurrentKeyMaterialId: key.materialId }),
  };
}

/** Whether and when imported material ends. */
export function expiration(validTo: Date | undefined): Pick<KeyMetadata, "ExpirationModel" | "ValidTo"> {
  return validTo
    ? { ExpirationModel: "KEY_MATERIAL_EXPIRES", ValidTo: validTo }
    : { ExpirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE" };
}

function multiRegion(key: MasterKey, { primary, replicas }: RelatedRegions): MultiRegionConfiguration {
  const inRegion = (region: Region) => ({ Arn: arnOf({ ...key, region }), Region: region });
  return {
    MultiRegionKeyType: primary === key.region ? "PRIMARY" : "REPLICA",
    PrimaryKey: inRegion(primary),
    ReplicaKeys: replicas.map(inRegion),
  };
}

/** What a key does, under the name that KMS has for the algorithms of its usage. */
export function algorithmLists(kind: KeyKind): AlgorithmLists {
  return { [ALGORITHM_LISTS[kind.usage]]: [...algorithmsOf(kind)] };
}

type AlgorithmLists = Pick<
  KeyMetadata,
  "EncryptionAlgorithms" | "SigningAlgorithms" | "MacAlgorithms" | "KeyAgreementAlgorithms" | "EncapsulationAlgorithms"
>;

const ALGORITHM_LISTS: Readonly<Record<KeyUsage, keyof AlgorithmLists>> = {
  ENCRYPT_DECRYPT: "EncryptionAlgorithms",
  SIGN_VERIFY: "SigningAlgorithms",
  GENERATE_VERIFY_MAC: "MacAlgorithms",
  KEY_AGREEMENT: "KeyAgreementAlgorithms",
  ENCAPSULATE_DECAPSULATE: "EncapsulationAlgorithms",
};

export function aliasEntry(alias: KeyAlias, owner: Owner): AliasListEntry {
  return {
    AliasName: alias.name,
    AliasArn: aliasArn(owner, alias.name),
    TargetKeyId: wireKeyId(alias.keyId),
    CreationDate: alias.createdAt,
    LastUpdatedDate: alias.updatedAt,
  };
}

export function grantEntry(grant: StoredGrant): GrantListEntry {
  const { constraint } = grant;
  return {
    KeyId: arnOf({ ...grant.owner, id: grant.keyId }),
    GrantId: grant.id,
    Name: grant.name ?? "",
    CreationDate: grant.createdAt,
    GranteePrincipal: grant.granteePrincipal,
    ...(grant.retiringPrincipal !== undefined && retiring(grant.retiringPrincipal)),
    IssuingAccount: grant.issuingAccount,
    Operations: [...grant.operations],
    ...(constraint && {
      Constraints:
        constraint.kind === "equals"
          ? { EncryptionContextEquals: { ...constraint.context } }
          : { EncryptionContextSubset: { ...constraint.context } },
    }),
  };
}

function retiring(principal: string): Pick<GrantListEntry, "RetiringPrincipal" | "RetiringServicePrincipal"> {
  return principal.endsWith(".amazonaws.com")
    ? { RetiringServicePrincipal: principal }
    : { RetiringPrincipal: principal };
}

/** A principal by its ARN or, of a service, by its name; both at once are refused. */
export function onePrincipal(
  role: "Grantee" | "Retiring",
  principal: string | undefined,
  service: string | undefined,
): string | undefined {
  if (principal !== undefined && service !== undefined) {
    throw new AwsError(
      "ValidationException",
      `You can specify either ${role}Principal or ${role}ServicePrincipal, but not both.`,
    );
  }
  return principal ?? service;
}

/** Limit and Marker, as every list takes them. */
export function pageRequest(input: { readonly Limit?: number; readonly Marker?: string }): PageRequest {
  return { limit: input.Limit, marker: input.Marker };
}

/** NextMarker and Truncated, as every list gives them. */
export function pageEnd({ nextMarker }: Page<unknown>): { readonly NextMarker?: string; readonly Truncated: boolean } {
  return nextMarker === undefined ? { Truncated: false } : { NextMarker: nextMarker, Truncated: true };
}

/** What every cryptographic request says beside its data. */
export function useOptions(input: {
  readonly EncryptionContext?: Readonly<Record<string, string>>;
  readonly GrantTokens?: readonly string[];
  readonly DryRun?: boolean;
}): UseOptions {
  return {
    context: input.EncryptionContext ?? {},
    grantTokens: input.GrantTokens ?? [],
    dryRun: input.DryRun ?? false,
  };
}

export function readTags(tags: readonly Tag[]): readonly KeyTag[] {
  return tags.map(({ TagKey = "", TagValue = "" }) => ({ key: TagKey, value: TagValue }));
}

/** The same for keys that have no encryption context. */
export function contextlessOptions(
  input: Omit<Parameters<typeof useOptions>[0], "EncryptionContext">,
): Omit<UseOptions, "context"> {
  return { grantTokens: input.GrantTokens ?? [], dryRun: input.DryRun ?? false };
}

/** By which algorithm to encrypt or decrypt; that of symmetric keys when it is not said. */
export function encryptionAlgorithm(algorithm: EncryptionAlgorithmSpec = "SYMMETRIC_DEFAULT"): EncryptionAlgorithm {
  if (algorithm !== "SM2PKE") return algorithm;
  throw new AwsError(
    "UnsupportedOperationException",
    "The algorithm SM2PKE is not supported: AWS has it in China only.",
  );
}

/** Only symmetric keys tell with which of their materials they did something. */
export function materialOf(algorithm: EncryptionAlgorithm, materialId: string | undefined): string | undefined {
  return algorithm === "SYMMETRIC_DEFAULT" ? materialId : undefined;
}

/** The spec of a key pair that is to be made for use outside. */
export function keyPairSpec(spec: DataKeyPairSpec): KeyPairSpec & DataKeyPairSpec {
  if (isKeyPairSpec(spec)) return spec;
  throw new AwsError(
    "UnsupportedOperationException",
    `Key pairs of the spec ${spec} are not supported: AWS has them in China only.`,
  );
}

/** Refuses the attestation of a Nitro enclave: no enclave runs here that could be trusted for it. */
export function checkRecipient(recipient: object | undefined): void {
  if (!recipient) return;
  throw new AwsError(
    "UnsupportedOperationException",
    "Recipient (the attestation of a Nitro enclave) is not supported.",
  );
}

/** What is said of any custom key store: keys are kept here, and in no CloudHSM cluster or external key manager. */
export function noKeyStore(name: string): AwsError {
  return new AwsError("CustomKeyStoreNotFoundException", `Custom key store ${name} does not exist.`);
}

/** KMS says NotAuthorizedException of names that are AWS's own, though its model does not know it. */
export function checkAliasName(name: string): void {
  if (!isReservedAlias(name)) return;
  throw new AwsError("NotAuthorizedException", "The prefix alias/aws/ is reserved for AWS managed keys.");
}

/** A data key's length in bytes, of the two ways to say it. */
export function dataKeyLength(input: { readonly KeySpec?: string; readonly NumberOfBytes?: number }): number {
  const { KeySpec, NumberOfBytes } = input;
  if ((KeySpec === undefined) === (NumberOfBytes === undefined)) {
    throw new AwsError("ValidationException", "Please specify either number of bytes or key spec.");
  }
  return NumberOfBytes ?? (KeySpec === "AES_128" ? 16 : 32);
}

/** The ciphertext of a request; undefined where a dry run asks to ignore it. */
export function givenCiphertext(input: {
  readonly CiphertextBlob?: Uint8Array;
  readonly DryRun?: boolean;
  readonly DryRunModifiers?: readonly string[];
}): Uint8Array | undefined {
  const ignored = input.DryRunModifiers?.includes("IGNORE_CIPHERTEXT") ?? false;
  if (ignored && !input.DryRun) {
    throw new AwsError("ValidationException", "DryRunModifiers can only be used when DryRun is true.");
  }
  return ignored ? undefined : input.CiphertextBlob;
}
