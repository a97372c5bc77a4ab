import type { StsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetCallerIdentity.html */
export const GetCallerIdentity: StsOperation<"GetCallerIdentity"> = (_input, caller) => {
  const { account, arn, kind, accessKeyId, authority } = caller;
  // A root user's id is its account's; an edge has no other than its key's.
  const id = kind === "root" ? account : (authority?.facts["aws:userid"]?.[0] ?? accessKeyId);
  return { Account: account, Arn: arn, UserId: id };
};
