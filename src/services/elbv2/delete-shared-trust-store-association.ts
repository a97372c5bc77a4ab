import { endSharedAssociation } from "#integrations/elbv2/find-trust-stores.ts";
import type { Elbv2Operation } from "./operation.ts";

/**
 * Trust stores are not shared here: there is only ever a refusal.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteSharedTrustStoreAssociation.html
 */
export const DeleteSharedTrustStoreAssociation: Elbv2Operation<"DeleteSharedTrustStoreAssociation"> = async (
  { TrustStoreArn, ResourceArn },
  caller,
  deps,
) => await endSharedAssociation(TrustStoreArn, ResourceArn, caller, deps);
