import type * as sdk from "@aws-sdk/client-kms";
import { AwsError, type InputOf } from "#aws/service.ts";
import { createKey } from "#custody/create-key.ts";
import { relatedRegions } from "#custody/related-keys.ts";
import type { KeyOrigin } from "#domain/keys/key-operations.ts";
import { isKeySpec, type KeyKind, readKeyKind } from "#domain/keys/key-specs.ts";
import type { KmsOperation } from "./operation.ts";
import { keyMetadata, noKeyStore, readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateKey.html */
export const CreateKey: KmsOperation<"CreateKey"> = async (input, caller, deps) => {
  const kind = readKind(input);
  const request = {
    kind,
    description: input.Description ?? "",
    policy: input.Policy,
    mayLockOut: input.BypassPolicyLockoutSafetyCheck ?? false,
    tags: readTags(input.Tags ?? []),
    origin: readOrigin(input),
    multiRegion: input.MultiRegion ?? false,
  };
  const key = await createKey(request, caller, deps);
  return { KeyMetadata: keyMetadata(key, await relatedRegions(deps.store, key)) };
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

function readOrigin({ Origin = "AWS_KMS", ...input }: InputOf<typeof sdk, "CreateKey">): KeyOrigin {
  if (input.CustomKeyStoreId !== undefined) throw noKeyStore(input.CustomKeyStoreId);
  if (input.XksKeyId !== undefined) throw unsupported("Keys in an external key store are not supported.");
  if (Origin === "AWS_KMS" || Origin === "EXTERNAL") return Origin;
  throw unsupported(`Key material of the origin ${Origin} is not supported: there are no custom key stores.`);
}

function unsupported(message: string): AwsError {
  return new AwsError("UnsupportedOperationException", message);
}
