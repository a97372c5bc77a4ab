import { addRevocations } from "#integrations/elbv2/revocations.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readRevocationName, showRevocation } from "./trust-store.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddTrustStoreRevocations.html */
export const AddTrustStoreRevocations: Elbv2Operation<"AddTrustStoreRevocations"> = async (
  { TrustStoreArn, RevocationContents = [] },
  caller,
  deps,
) => {
  const added = await addRevocations(TrustStoreArn, RevocationContents.map(readRevocationName), caller, deps);
  return { TrustStoreRevocations: added.map((list) => showRevocation(TrustStoreArn, list)) };
};
