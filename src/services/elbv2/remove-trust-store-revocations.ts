import { removeRevocations } from "#integrations/elbv2/revocations.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveTrustStoreRevocations.html */
export const RemoveTrustStoreRevocations: Elbv2Operation<"RemoveTrustStoreRevocations"> = async (
  { TrustStoreArn, RevocationIds },
  caller,
  deps,
) => {
  await removeRevocations(TrustStoreArn, RevocationIds, caller, deps);
  return {};
};
