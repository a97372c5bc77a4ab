import { renameEntity } from "#identity/iam/change-entity.ts";
import type { IamOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateUser.html */
export const UpdateUser: IamOperation<"UpdateUser"> = ({ UserName, NewUserName, NewPath }, caller, deps) =>
  renameEntity("user", UserName, { newName: NewUserName, newPath: NewPath }, caller, deps);
