import { callingUser } from "#identity/iam/calling-user.ts";
import { entityNamed } from "#identity/iam/find.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_ListServiceSpecificCredentials.html */
export const ListServiceSpecificCredentials: IamOperation<"ListServiceSpecificCredentials"> = async (
  { UserName },
  caller,
  deps,
) => {
  const name = UserName ?? callingUser(caller);
  if (name !== undefined) await entityNamed(deps.store, caller.account, "user", name);
  // Nobody can have any here.
  return { ServiceSpecificCredentials: [] };
};
