import { relatedRegions } from "#custody/related-keys.ts";
import { describeKey } from "#custody/see-key.ts";
import type { KmsOperation } from "./operation.ts";
import { keyMetadata } from "./wire.ts";

/** https://docs.aws.amazon.com/kms/latest/APIReference/API_DescribeKey.html */
export const DescribeKey: KmsOperation<"DescribeKey"> = async ({ KeyId, GrantTokens = [] }, caller, deps) => {
  const key = await describeKey({ keyId: KeyId, grantTokens: GrantTokens }, caller, deps);
  return { KeyMetadata: keyMetadata(key, await relatedRegions(deps.store, key)) };
};
