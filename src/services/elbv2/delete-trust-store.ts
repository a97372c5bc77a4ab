import { deleteTrustStore } from "#integrations/elbv2/trust-stores.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteTrustStore.html */
export const DeleteTrustStore: Elbv2Operation<"DeleteTrustStore"> = async ({ TrustStoreArn }, caller, deps) => {
  await deleteTrustStore(TrustStoreArn, caller, deps);
  return {};
};
