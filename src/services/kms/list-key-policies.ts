import { seeKey } from "#custody/see-key.ts";
import { POLICY_NAME } from "#domain/keys/key-policy.ts";
import { PAGE_SIZES } from "#domain/keys/limits.ts";
import { readPage } from "#domain/keys/marker.ts";
import type { KmsOperation } from "./operation.ts";
import { pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_ListKeyPolicies.html */
export const ListKeyPolicies: KmsOperation<"ListKeyPolicies"> = async (input, caller, deps) => {
  readPage(pageRequest(input), "policies", PAGE_SIZES.keys); // there is one policy, so no marker was ever given out
  await seeKey("ListKeyPolicies", input.KeyId, caller, deps);
  return { PolicyNames: [POLICY_NAME], Truncated: false };
};
