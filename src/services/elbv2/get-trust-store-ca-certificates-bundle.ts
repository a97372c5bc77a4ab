import { trustStoreLink } from "#integrations/elbv2/trust-store-links.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_GetTrustStoreCaCertificatesBundle.html */
export const GetTrustStoreCaCertificatesBundle: Elbv2Operation<"GetTrustStoreCaCertificatesBundle"> = async (
  { TrustStoreArn },
  caller,
  deps,
) => ({ Location: await trustStoreLink(TrustStoreArn, undefined, caller, deps) });
