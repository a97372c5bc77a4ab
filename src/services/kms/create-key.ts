import type * as sdk from "@aws-sdk/client-kms";
import { AwsError, type InputOf } from "#aws/service.ts";
import { createKey } from "#custody/create-key.ts";
import { isKeySpec, type KeyKind, readKeyKind } from "#domain/keys/key-specs.ts";
import type { KmsOperation } from "./operation.ts";
import { keyMetadata, readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export const CreateKey: KmsOperation<"CreateKey"> = async (input, caller, deps) => {
  const kind = readKind(input);
  checkServed(input);
  const request = {
    kind,
    description: input.Description ?? "",
    policy: input.Policy,
    mayLockOut: input.BypassPolicyLockoutSafetyCheck ?? false,
    tags: readTags(input.Tags ?? []),
  };
  return { KeyMetadata: keyMetadata(await createKey(request, caller, deps)) };
};

function readKind({ KeySpec, CustomerMasterKeySpec, KeyUsage }: InputOf<typeof sdk, "CreateKey">): KeyKind {
  if (KeySpec !== undefined && CustomerMasterKeySpec !== undefined) {
    throw new AwsError(
      "ValidationException",
      "You cannot specify KeySpec and CustomerMasterKeySpec in the same request. CustomerMasterKeySpec is deprecated.",
    );
  }
  const spec = KeySpec ?? CustomerMasterKeySpec ?? "SYMMETRIC_DEFAULT";
  if (!isKeySpec(spec)) throw unsupported(`Keys of the spec ${spec} are not supported: AWS has them in China only.`);
  return readKeyKind(spec, KeyUsage);
}

function checkServed(input: InputOf<typeof sdk, "CreateKey">): void {
  const { Origin = "AWS_KMS", MultiRegion = false } = input;
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
