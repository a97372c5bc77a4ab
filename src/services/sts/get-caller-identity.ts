import type { StsOperation } from "./operation.ts";

export const GetCallerIdentity: StsOperation<"GetCallerIdentity"> = (_input, { account, arn, kind, accessKeyId }) => ({
  Account: account,
  Arn: arn,
  // A root user's id is its account's; an edge has no other than its key's.
  UserId: kind === "root" ? account : accessKeyId,
});
