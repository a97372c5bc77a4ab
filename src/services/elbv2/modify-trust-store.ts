import { modifyTrustStore } from "#integrations/elbv2/trust-stores.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readBundleName, showTrustStore } from "./trust-store.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyTrustStore.html */
export const ModifyTrustStore: Elbv2Operation<"ModifyTrustStore"> = async (input, caller, deps) => {
  const changed = await modifyTrustStore(input.TrustStoreArn, readBundleName(input), caller, deps);
  return { TrustStores: [showTrustStore(changed)] };
};
