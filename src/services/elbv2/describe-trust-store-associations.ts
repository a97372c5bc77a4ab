import { findAssociations } from "#integrations/elbv2/find-trust-stores.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readPages } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTrustStoreAssociations.html */
export const DescribeTrustStoreAssociations: Elbv2Operation<"DescribeTrustStoreAssociations"> = async (
  input,
  caller,
  deps,
) => {
  const { items, nextMarker } = await findAssociations(input.TrustStoreArn, readPages(input), caller, deps);
  return { TrustStoreAssociations: items.map((ResourceArn) => ({ ResourceArn })), NextMarker: nextMarker };
};
