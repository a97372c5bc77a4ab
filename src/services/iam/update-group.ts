import { renameEntity } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateGroup.html */
export const UpdateGroup: IamOperation<"UpdateGroup"> = ({ GroupName, NewGroupName, NewPath }, caller, deps) =>
  renameEntity("group", GroupName, { newName: NewGroupName, newPath: NewPath }, caller, deps);
