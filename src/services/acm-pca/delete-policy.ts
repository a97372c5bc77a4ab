import { deletePolicy } from "#ca/private/permissions.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_DeletePolicy.html */
export const DeletePolicy: AcmPcaOperation<"DeletePolicy"> = ({ ResourceArn }, caller, deps) =>
  deletePolicy(ResourceArn, caller, deps);
