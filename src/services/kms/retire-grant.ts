import type * as sdk from "@aws-sdk/client-kms";
import { AwsError, type InputOf } from "#aws/service.ts";
import { type GrantName, giveBackGrant } from "#custody/grant-operations.ts";
import type { KmsOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_RetireGrant.html */
export const RetireGrant: KmsOperation<"RetireGrant"> = async (input, caller, deps) => {
  await giveBackGrant(grantName(input), input.DryRun ?? false, caller, deps);
};

function grantName({ GrantToken, KeyId, GrantId }: InputOf<typeof sdk, "RetireGrant">): GrantName {
  if (GrantToken !== undefined && KeyId === undefined && GrantId === undefined) return { token: GrantToken };
  if (GrantToken === undefined && KeyId !== undefined && GrantId !== undefined) {
    return { keyId: KeyId, grantId: GrantId };
  }
  throw new AwsError("ValidationException", "Please specify either a grant token, or a key ID and a grant ID.");
}
