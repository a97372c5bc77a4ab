import { removeCertificates } from "#integrations/elbv2/listener-certificates.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readCertificates } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_RemoveListenerCertificates.html */
export const RemoveListenerCertificates: Elbv2Operation<"RemoveListenerCertificates"> = async (
  { ListenerArn, Certificates },
  caller,
  deps,
) => {
  await removeCertificates(ListenerArn, readCertificates(Certificates), caller, deps);
  return {};
};
