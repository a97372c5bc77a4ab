import { createKey } from "#identity/iam/access-keys.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_CreateAccessKey.html */
export const CreateAccessKey: IamOperation<"CreateAccessKey"> = async ({ UserName }, caller, deps) => {
  const { user, accessKeyId, secretAccessKey, createdAt } = await createKey(UserName, caller, deps);
  return {
    AccessKey: {
      UserName: user,
      AccessKeyId: accessKeyId,
      Status: "Active",
      SecretAccessKey: secretAccessKey,
      CreateDate: createdAt,
    },
  };
};
