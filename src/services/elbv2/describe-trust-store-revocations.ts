import { findRevocations } from "#integrations/elbv2/revocations.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showRevocation } from "./trust-store.ts";
import { readPages } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeTrustStoreRevocations.html */
export const DescribeTrustStoreRevocations: Elbv2Operation<"DescribeTrustStoreRevocations"> = async (
  input,
  caller,
  deps,
) => {
  const { TrustStoreArn, RevocationIds = [] } = input;
  const { items, nextMarker } = await findRevocations(TrustStoreArn, RevocationIds, readPages(input), caller, deps);
  return { TrustStoreRevocations: items.map((list) => showRevocation(TrustStoreArn, list)), NextMarker: nextMarker };
};
