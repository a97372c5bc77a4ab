import { AwsError } from "#aws/service.ts";
import { pageOfRetirableGrants } from "#custody/lists.ts";
import type { KmsOperation } from "./operation.ts";
import { grantEntry, onePrincipal, pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListRetirableGrants.html */
export const ListRetirableGrants: KmsOperation<"ListRetirableGrants"> = async (input, caller, deps) => {
  const retiringPrincipal = onePrincipal("Retiring", input.RetiringPrincipal, input.RetiringServicePrincipal);
  if (retiringPrincipal === undefined) {
    throw new AwsError("ValidationException", "You must specify either RetiringPrincipal or RetiringServicePrincipal.");
  }
  const request = { ...pageRequest(input), retiringPrincipal };
  const page = await pageOfRetirableGrants(request, caller, deps);
  return { Grants: page.items.map(grantEntry), ...pageEnd(page) };
};
