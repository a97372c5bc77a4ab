import type * as sdk from "@aws-sdk/client-acm";
import { createEndpoint, type EndpointDeps } from "#acme/endpoints.ts";
import type { Operation } from "#aws/service.ts";
import { readKeyAlgorithms } from "./acme-wire.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_CreateAcmeEndpoint.html */
export const CreateAcmeEndpoint: Operation<typeof sdk, "CreateAcmeEndpoint", EndpointDeps> = async (
  { CertificateAuthority, Contact = "NOT_REQUIRED", Tags = [], CertificateTags = [], IdempotencyToken },
  caller,
  deps,
) => {
  const endpoint = {
    contact: Contact,
    allowedKeyAlgorithms: readKeyAlgorithms(CertificateAuthority),
    tags: readTags(Tags),
    certificateTags: readTags(CertificateTags),
    idempotencyToken: IdempotencyToken,
  };
  return { AcmeEndpointArn: await createEndpoint(endpoint, caller, deps) };
};
