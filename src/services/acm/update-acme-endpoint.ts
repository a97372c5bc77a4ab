import type * as sdk from "@aws-sdk/client-acm";
import { type EndpointDeps, updateEndpoint } from "#acme/endpoints.ts";
import type { Operation } from "#aws/service.ts";
import { readKeyAlgorithms } from "./acme-wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_UpdateAcmeEndpoint.html */
export const UpdateAcmeEndpoint: Operation<typeof sdk, "UpdateAcmeEndpoint", EndpointDeps> = async (
  { AcmeEndpointArn, Contact, CertificateAuthority },
  caller,
  deps,
) => {
  const certificateAuthority = CertificateAuthority && {
    allowedKeyAlgorithms: readKeyAlgorithms(CertificateAuthority),
  };
  await updateEndpoint(AcmeEndpointArn, { contact: Contact, certificateAuthority }, caller, deps);
};
