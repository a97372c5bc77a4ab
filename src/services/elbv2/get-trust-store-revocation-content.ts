import { trustStoreLink } from "#integrations/elbv2/trust-store-links.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_GetTrustStoreRevocationContent.html */
export const GetTrustStoreRevocationContent: Elbv2Operation<"GetTrustStoreRevocationContent"> = async (
  { TrustStoreArn, RevocationId },
  caller,
  deps,
) => ({ Location: await trustStoreLink(TrustStoreArn, RevocationId, caller, deps) });
