import { putPolicy } from "#ca/private/permissions.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_PutPolicy.html */
export const PutPolicy: AcmPcaOperation<"PutPolicy"> = ({ ResourceArn, Policy }, caller, deps) =>
  putPolicy(ResourceArn, Policy, caller, deps);
