import { accountOfAccessKey } from "#identity/key-owner.ts";
import type { StsOperation } from "./operation.ts";

/** Says whose an access key is, also one of another account, as AWS does. */
export const GetAccessKeyInfo: StsOperation<"GetAccessKeyInfo"> = async ({ AccessKeyId }, _caller, deps) => ({
  Account: await accountOfAccessKey(AccessKeyId, deps),
});
