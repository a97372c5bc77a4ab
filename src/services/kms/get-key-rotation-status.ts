import { rotationStatus } from "#custody/rotation.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html */
export const GetKeyRotationStatus: KmsOperation<"GetKeyRotationStatus"> = async ({ KeyId }, caller, deps) => {
  const key = await rotationStatus(KeyId, caller, deps);
  const { rotation } = key;
  const when = rotation && { RotationPeriodInDays: rotation.days, NextRotationDate: rotation.next };
  return { KeyId: arnOf(key), KeyRotationEnabled: rotation !== undefined, ...when };
};
