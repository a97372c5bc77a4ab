import { findTrustStores } from "#integrations/elbv2/find-trust-stores.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showTrustStore } from "./trust-store.ts";
import { readPages } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTrustStores.html */
export const DescribeTrustStores: Elbv2Operation<"DescribeTrustStores"> = async (input, caller, deps) => {
  const { TrustStoreArns = [], Names = [] } = input;
  const query = { arns: TrustStoreArns, names: Names, ...readPages(input) };
  const { items, nextMarker } = await findTrustStores(query, caller, deps);
  return { TrustStores: items.map(showTrustStore), NextMarker: nextMarker };
};
