import { deleteEntity } from "#identity/iam/delete-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_DeleteInstanceProfile.html */
export const DeleteInstanceProfile: IamOperation<"DeleteInstanceProfile"> = ({ InstanceProfileName }, caller, deps) =>
  deleteEntity("instance-profile", InstanceProfileName, caller, deps);
