import type * as sdk from "@aws-sdk/client-kms";
import { AwsError, type InputOf } from "#aws/service.ts";
import { type GrantOrder, orderGrant } from "#custody/grant-operations.ts";
import type { KmsOperation } from "./operation.ts";
import { onePrincipal } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_CreateGrant.html */
export const CreateGrant: KmsOperation<"CreateGrant"> = async (input, caller, deps) => {
  const { grantId, grantToken } = await orderGrant(readOrder(input), caller, deps);
  return { GrantToken: grantToken, GrantId: grantId };
};

function readOrder(input: InputOf<typeof sdk, "CreateGrant">): GrantOrder {
  const { Constraints } = input;
  const grantee = onePrincipal("Grantee", input.GranteePrincipal, input.GranteeServicePrincipal);
  const retiring = onePrincipal("Retiring", input.RetiringPrincipal, input.RetiringServicePrincipal);
  if (grantee === undefined) {
    throw new AwsError("ValidationException", "You must specify either GranteePrincipal or GranteeServicePrincipal.");
  }
  if (input.GranteeServicePrincipal !== undefined || input.RetiringServicePrincipal !== undefined) {
    throw unsupported("Grants to service principals are not supported: no service here uses an account's own keys.");
  }
  // To leave out a constraint would be to grant more than was asked for.
  if (Constraints?.SourceArn !== undefined) throw unsupported("The grant constraint SourceArn is not supported.");
  return {
    keyId: input.KeyId,
    granteePrincipal: grantee,
    retiringPrincipal: retiring,
    operations: input.Operations,
    constraints: Constraints && {
      encryptionContextEquals: Constraints.EncryptionContextEquals,
      encryptionContextSubset: Constraints.EncryptionContextSubset,
    },
    name: input.Name,
    grantTokens: input.GrantTokens ?? [],
    dryRun: input.DryRun ?? false,
  };
}

function unsupported(message: string): AwsError {
  return new AwsError("UnsupportedOperationException", message);
}
