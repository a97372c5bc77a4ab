import { relatedRegions } from "#custody/related-keys.ts";
import { replicateKey } from "#custody/replicate-key.ts";
import { keyPolicy } from "#domain/keys/key-policy.ts";
import type { KmsOperation } from "./operation.ts";
import { keyMetadata, readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ReplicateKey.html */
export const ReplicateKey: KmsOperation<"ReplicateKey"> = async (input, caller, deps) => {
  const { Tags = [] } = input;
  const request = {
    keyId: input.KeyId,
    region: input.ReplicaRegion,
    description: input.Description ?? "",
    tags: readTags(Tags),
    policy: input.Policy,
    mayLockOut: input.BypassPolicyLockoutSafetyCheck ?? false,
  };
  const replica = await replicateKey(request, caller, deps);
  return {
    ReplicaKeyMetadata: keyMetadata(replica, await relatedRegions(deps.store, replica)),
    ReplicaPolicy: keyPolicy(replica),
    ReplicaTags: Tags,
  };
};
