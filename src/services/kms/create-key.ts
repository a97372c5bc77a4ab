import type * as sdk from "@aws-sdk/client-kms";
import { AwsError, type InputOf } from "#aws/service.ts";
import { createKey } from "#custody/create-key.ts";
import { checkKeyPolicy } from "#domain/keys/key-policy.ts";
import type { KmsOperation } from "./operation.ts";
import { ALGORITHM, keyMetadata, readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export const CreateKey: KmsOperation<"CreateKey"> = async (input, caller, deps) => {
  checkServed(input);
  if (input.Policy !== undefined) checkKeyPolicy(input.Policy, caller.account);
  const request = { description: input.Description ?? "", tags: readTags(input.Tags ?? []) };
  return { KeyMetadata: keyMetadata(await createKey(request, caller, deps)) };
};

function checkServed(input: InputOf<typeof sdk, "CreateKey">): void {
  const {
    KeySpec,
    CustomerMasterKeySpec,
    KeyUsage = "ENCRYPT_DECRYPT",
    Origin = "AWS_KMS",
    MultiRegion = false,
  } = input;
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined) {
    throw new AwsError(
      "ValidationException",
      "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
    );
  }
  const spec = KeySpec ?? CustomerMasterKeySpec ?? ALGORITHM;
  if (spec !== ALGORITHM) throw unsupported(`Keys of the spec ${spec} are not supported, only ${ALGORITHM}.`);
  if (KeyUsage !== "ENCRYPT_DECRYPT") {
    throw new AwsError("ValidationException", `KeyUsage ${KeyUsage} is not valid for a key of the spec ${ALGORITHM}.`);
  }
  if (input.CustomKeyStoreId !== undefined) {
    throw new AwsError("CustomKeyStoreNotFoundException", `Custom key store ${input.CustomKeyStoreId} does not exist.`);
  }
  if (Origin !== "AWS_KMS") throw unsupported(`Key material of the origin ${Origin} is not supported, only AWS_KMS.`);
  if (input.XksKeyId !== undefined) throw unsupported("Keys in an external key store are not supported.");
  if (MultiRegion) throw unsupported("Multi-Region keys are not supported.");
}

function unsupported(message: string): AwsError {
  return new AwsError("UnsupportedOperationException", message);
}
