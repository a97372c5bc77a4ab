import { readPolicy } from "#ca/private/permissions.ts";
import type { AcmPcaOperation } from "./api.ts";

/** https://docs.aws.amazon.com/privateca/latest/APIReference/API_GetPolicy.html */
export const GetPolicy: AcmPcaOperation<"GetPolicy"> = async ({ ResourceArn }, caller, deps) => ({
  Policy: await readPolicy(ResourceArn, caller, deps),
});
