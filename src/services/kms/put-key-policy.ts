import { AwsError } from "#aws/service.ts";
import { putKeyPolicy } from "#custody/key-policies.ts";
import { POLICY_NAME } from "#domain/keys/key-policy.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_PutKeyPolicy.html */
export const PutKeyPolicy: KmsOperation<"PutKeyPolicy"> = async (input, caller, deps) => {
  const { KeyId, PolicyName = POLICY_NAME, Policy, BypassPolicyLockoutSafetyCheck = false } = input;
  if (PolicyName !== POLICY_NAME) throw new AwsError("NotFoundException", "No such policy exists");
  await putKeyPolicy({ keyId: KeyId, policy: Policy, mayLockOut: BypassPolicyLockoutSafetyCheck }, caller, deps);
};
