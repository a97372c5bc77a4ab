import { revokeGrant } from "#custody/grant-operations.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_RevokeGrant.html */
export const RevokeGrant: KmsOperation<"RevokeGrant"> = async ({ KeyId, GrantId, DryRun = false }, caller, deps) => {
  await revokeGrant({ keyId: KeyId, grantId: GrantId }, DryRun, caller, deps);
};
