import { updateTrustPolicy } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAssumeRolePolicy.html */
export const UpdateAssumeRolePolicy: IamOperation<"UpdateAssumeRolePolicy"> = (
  { RoleName, PolicyDocument },
  caller,
  deps,
) => updateTrustPolicy(RoleName, PolicyDocument, caller, deps);
