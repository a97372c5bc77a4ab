import { updatePrimaryRegion } from "#custody/update-primary-region.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_UpdatePrimaryRegion.html */
export const UpdatePrimaryRegion: KmsOperation<"UpdatePrimaryRegion"> = async (
  { KeyId, PrimaryRegion },
  caller,
  deps,
) => {
  await updatePrimaryRegion({ keyId: KeyId, region: PrimaryRegion }, caller, deps);
};
