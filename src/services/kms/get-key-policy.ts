import { AwsError } from "#aws/service.ts";
import { shownKeyPolicy } from "#custody/key-policies.ts";
import { seeKey } from "#custody/see-key.ts";
import { POLICY_NAME } from "#domain/keys/key-policy.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyPolicy.html */
export const GetKeyPolicy: KmsOperation<"GetKeyPolicy"> = async ({ KeyId, PolicyName = POLICY_NAME }, caller, deps) => {
  const key = await seeKey("GetKeyPolicy", KeyId, caller, deps);
  if (PolicyName !== POLICY_NAME) throw new AwsError("NotFoundException", "No such policy exists");
  return { Policy: await shownKeyPolicy(deps.store, key), PolicyName };
};
