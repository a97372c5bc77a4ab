import { rootUserSince } from "#identity/iam/account.ts";
import { callingUser } from "#identity/iam/calling-user.ts";
import { findTagged } from "#identity/iam/list-entities.ts";
import type { IamOperation } from "./operation.ts";
import { showUser } from "./wire.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetUser.html */
export const GetUser: IamOperation<"GetUser"> = async ({ UserName }, caller, deps) => {
  const name = UserName ?? callingUser(caller);
  if (name !== undefined) return { User: showUser(await findTagged("user", name, caller, deps)) };
  const { account, arn } = caller;
  const since = await rootUserSince(caller, deps);
  // AWS gives the root user no name.
  return { User: { Path: "/", UserName: undefined, UserId: account, Arn: arn, CreateDate: since } };
};
