import type { KeyLastUsageTrackingOperation } from "@aws-sdk/client-kms";
import { lastUse } from "#custody/last-use.ts";
import { wireKeyId } from "#domain/keys/names.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyLastUsage.html */
export const GetKeyLastUsage: KmsOperation<"GetKeyLastUsage"> = async ({ KeyId }, caller, deps) => {
  const { key, use } = await lastUse(KeyId, caller, deps);
  return {
    KeyId: wireKeyId(key.id),
    KeyLastUsage: use
      ? { Operation: use.operation as KeyLastUsageTrackingOperation, Timestamp: use.at, KmsRequestId: use.requestId }
      : {},
    TrackingStartDate: key.createdAt,
    KeyCreationDate: key.createdAt,
  };
};
