import { findListenerCertificates } from "#integrations/elbv2/listener-certificates.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readPages } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerCertificates.html */
export const DescribeListenerCertificates: Elbv2Operation<"DescribeListenerCertificates"> = async (
  input,
  caller,
  deps,
) => {
  const { items, nextMarker } = await findListenerCertificates(input.ListenerArn, readPages(input), caller, deps);
  return {
    Certificates: items.map(({ certificateArn, isDefault }) => ({
      CertificateArn: certificateArn,
      IsDefault: isDefault,
    })),
    NextMarker: nextMarker,
  };
};
