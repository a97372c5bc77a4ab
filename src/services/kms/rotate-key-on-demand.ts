import { rotateOnDemand } from "#custody/rotation.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_RotateKeyOnDemand.html */
export const RotateKeyOnDemand: KmsOperation<"RotateKeyOnDemand"> = async ({ KeyId }, caller, deps) => ({
  KeyId: arnOf(await rotateOnDemand(KeyId, caller, deps)),
});
