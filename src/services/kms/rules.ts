import * as sdk from "@aws-sdk/client-kms";
import type { Rule, Rules } from "#aws/rules.ts";

const keyId: Rule = { min: 1, max: 2048 };
const blob: Rule = { min: 1, max: 6144 };
const grantToken: Rule = { min: 1, max: 8192 };
const principal: Rule = { min: 1, max: 256, pattern: /^[\w+=,.@:/-]+$/ };
const name: Rule = { min: 1, max: 256, pattern: /^[a-zA-Z0-9:/_-]+$/ };
const region: Rule = { min: 1, max: 32, pattern: /^([a-z]+-){2,3}\d+$/ };
const tagKey: Rule = { min: 1, max: 128 };
const algorithm: Rule = { oneOf: sdk.EncryptionAlgorithmSpec };

const servicePrincipal: Rule = { min: 1, max: 128, pattern: /^[a-z0-9][a-z0-9.-]*\.amazonaws\.com(\.cn)?$/ };

/** What KMS asks of its members beyond their types (https://docs.aws.amazon.com/kms/latest/APIReference). */
export const rules: Rules = {
  AliasName: name,
  CiphertextBlob: blob,
  CustomKeyStoreId: { min: 1, max: 64 },
  CustomerMasterKeySpec: { oneOf: sdk.CustomerMasterKeySpec },
  Description: { max: 8192 },
  DestinationEncryptionAlgorithm: algorithm,
  DestinationKeyId: keyId,
  DryRunModifiers: { each: { oneOf: sdk.DryRunModifierType } },
  EncapsulationAlgorithm: { oneOf: sdk.EncapsulationAlgorithmSpec },
  EncryptedKeyMaterial: blob,
  EncryptionAlgorithm: algorithm,
  ExpirationModel: { oneOf: sdk.ExpirationModelType },
  GrantId: { min: 1, max: 128 },
  GrantToken: grantToken,
  GrantTokens: { max: 10, each: grantToken },
  GranteePrincipal: principal,
  GranteeServicePrincipal: servicePrincipal,
  ImportToken: blob,
  ImportType: { oneOf: sdk.ImportType },
  IncludeKeyMaterial: { oneOf: sdk.IncludeKeyMaterial },
  KeyAgreementAlgorithm: { oneOf: sdk.KeyAgreementAlgorithmSpec },
  KeyId: keyId,
  KeyMaterialDescription: { max: 256, pattern: /^[a-zA-Z0-9:/_\s.-]*$/ },
  KeyMaterialId: { min: 64, max: 64, pattern: /^[a-f0-9]+$/ },
  KeyPairSpec: { oneOf: sdk.DataKeyPairSpec },
  KeyUsage: { oneOf: sdk.KeyUsageType },
  "CreateKeyRequest.KeySpec": { oneOf: sdk.KeySpec },
  "GenerateDataKeyRequest.KeySpec": { oneOf: sdk.DataKeySpec },
  "GenerateDataKeyWithoutPlaintextRequest.KeySpec": { oneOf: sdk.DataKeySpec },
  Limit: { min: 1, max: 1000 },
  Mac: blob,
  MacAlgorithm: { oneOf: sdk.MacAlgorithmSpec },
  Marker: { min: 1, max: 1024, pattern: /^[\u0020-\u00ff]*$/ },
  Message: { min: 1, max: 4096, secret: true },
  MessageType: { oneOf: sdk.MessageType },
  Name: name,
  NumberOfBytes: { min: 1, max: 1024 },
  Operations: { min: 1, each: { oneOf: sdk.GrantOperation } },
  Origin: { oneOf: sdk.OriginType },
  PendingWindowInDays: { min: 1, max: 365 },
  Plaintext: { min: 1, max: 4096, secret: true },
  Policy: { min: 1, max: 131_072, pattern: /^[\t\n\r\u0020-\u00ff]+$/ },
  PolicyName: { min: 1, max: 128, pattern: /^\w+$/ },
  PrimaryRegion: region,
  PublicKey: { min: 1, max: 8192 },
  ReplicaRegion: region,
  RetiringPrincipal: principal,
  RetiringServicePrincipal: servicePrincipal,
  RotationPeriodInDays: { min: 90, max: 2560 },
  SharedSecretCiphertextBlob: blob,
  Signature: blob,
  SigningAlgorithm: { oneOf: sdk.SigningAlgorithmSpec },
  SourceEncryptionAlgorithm: algorithm,
  SourceKeyId: keyId,
  TagKey: tagKey,
  TagKeys: { each: tagKey },
  TagValue: { max: 256 },
  TargetKeyId: keyId,
  WrappingAlgorithm: { oneOf: sdk.AlgorithmSpec },
  WrappingKeySpec: { oneOf: sdk.WrappingKeySpec },
  XksKeyId: { min: 1, max: 128, pattern: /^[a-zA-Z0-9-_.]+$/ },
};
