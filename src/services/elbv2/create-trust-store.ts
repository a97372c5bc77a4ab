import { createTrustStore } from "#integrations/elbv2/trust-stores.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readBundleName, showTrustStore } from "./trust-store.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTrustStore.html */
export const CreateTrustStore: Elbv2Operation<"CreateTrustStore"> = async (input, caller, deps) => {
  const request = { name: input.Name, bundle: readBundleName(input), tags: readTags(input.Tags) };
  return { TrustStores: [showTrustStore(await createTrustStore(request, caller, deps))] };
};
