import { addCertificates } from "#integrations/elbv2/listener-certificates.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readCertificates } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_AddListenerCertificates.html */
export const AddListenerCertificates: Elbv2Operation<"AddListenerCertificates"> = async (
  { ListenerArn, Certificates },
  caller,
  deps,
) => {
  const arns = readCertificates(Certificates);
  await addCertificates(ListenerArn, arns, caller, deps);
  return { Certificates: arns.map((CertificateArn) => ({ CertificateArn, IsDefault: false })) };
};
