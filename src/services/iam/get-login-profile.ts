import { Refusal } from "#domain/refusal.ts";
import { callingUser } from "#identity/iam/calling-user.ts";
import { entityNamed } from "#identity/iam/find.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetLoginProfile.html */
export const GetLoginProfile: IamOperation<"GetLoginProfile"> = async ({ UserName }, caller, deps) => {
  const name = UserName ?? callingUser(caller) ?? "root";
  await entityNamed(deps.store, caller.account, "user", name);
  // There are no passwords here.
  throw new Refusal("entity-not-found", `Login Profile for User ${name} cannot be found.`);
};
