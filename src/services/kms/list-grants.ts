import { pageOfGrants } from "#custody/lists.ts";
import type { KmsOperation } from "./operation.ts";
import { grantEntry, onePrincipal, pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListGrants.html */
export const ListGrants: KmsOperation<"ListGrants"> = async (input, caller, deps) => {
  const { KeyId: keyId, GrantId: grantId } = input;
  const granteePrincipal = onePrincipal("Grantee", input.GranteePrincipal, input.GranteeServicePrincipal);
  const page = await pageOfGrants({ ...pageRequest(input), keyId, grantId, granteePrincipal }, caller, deps);
  return { Grants: page.items.map(grantEntry), ...pageEnd(page) };
};
