import { keyUse } from "#identity/iam/access-keys.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_GetAccessKeyLastUsed.html */
export const GetAccessKeyLastUsed: IamOperation<"GetAccessKeyLastUsed"> = async ({ AccessKeyId }, caller, deps) => {
  const { user, lastUsed } = await keyUse(AccessKeyId, caller, deps);
  const use = lastUsed
    ? { LastUsedDate: lastUsed.at, ServiceName: lastUsed.service, Region: lastUsed.region }
    : { LastUsedDate: undefined, ServiceName: "N/A", Region: "N/A" };
  return { ...(user === undefined ? {} : { UserName: user }), AccessKeyLastUsed: use };
};
