import type * as sdk from "@aws-sdk/client-acm";
import { listAcmeTags } from "#acme/tags.ts";
import { regionalArn } from "#aws/access.ts";
import type { AccessRules, InputOf, Service } from "#aws/service.ts";
import { parseArn } from "#domain/arn.ts";
import { type Facts, factsOf } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { listTags, type TagDeps } from "#lifecycle/tags.ts";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awscertificatemanager.html */
export const access: AccessRules<typeof sdk, unknown> = {
  CreateAcmeExternalAccountBinding: ({ AcmeEndpointArn, RoleArn }) => ({
    resources: [AcmeEndpointArn],
    also: { action: "iam:PassRole", resources: [RoleArn], facts: factsOf({ "iam:PassedToService": SERVICE }) },
  }),
  CreateAcmeEndpoint: (_, caller) => ({ resources: [regionalArn("acm", caller, "acme-endpoint/*")] }),
  ImportCertificate: ({ CertificateArn }, caller) => ({
    resources: [CertificateArn ?? regionalArn("acm", caller, "certificate/*")],
  }),
  RequestCertificate: (input, caller) => ({
    resources: [regionalArn("acm", caller, "certificate/*")],
    facts: requestFacts(input),
    ...(input.CertificateAuthorityArn !== undefined && {
      also: { action: "acm-pca:IssueCertificate", resources: [input.CertificateAuthorityArn] },
    }),
  }),
};

const SERVICE = "acm.amazonaws.com";

/** https://docs.aws.amazon.com/acm/latest/userguide/acm-conditions.html */
function requestFacts(input: InputOf<typeof sdk, "RequestCertificate">): Facts {
  const { DomainName, SubjectAlternativeNames = [], CertificateAuthorityArn, KeyAlgorithm, Options = {} } = input;
  const method = input.ValidationMethod ?? Options.ValidationMethod ?? "EMAIL";
  return factsOf({
    "acm:DomainNames": [...new Set([DomainName, ...SubjectAlternativeNames].map((name) => name.toLowerCase()))],
    "acm:ValidationMethod": CertificateAuthorityArn === undefined ? method : undefined,
    "acm:KeyAlgorithm": KeyAlgorithm ?? "RSA_2048",
    "acm:CertificateAuthority": CertificateAuthorityArn,
    "acm:CertificateTransparencyLogging": Options.CertificateTransparencyLoggingPreference ?? "ENABLED",
    "acm:Export": Options.Export ?? "DISABLED",
    "acm:CertificateKeyPairOrigin": "AWS_MANAGED",
  });
}

/** The tags of a certificate, or of what belongs to an ACME endpoint. */
export const tagsOf: NonNullable<Service<typeof sdk, TagDeps>["tagsOf"]> = async (arn, caller, deps) => {
  try {
    const isCertificate = parseArn(arn)?.resource.startsWith("certificate/") ?? false;
    const tags = isCertificate ? await listTags(arn, caller, deps) : await listAcmeTags(arn, caller, deps);
    return tags.map(({ key, value = "" }) => ({ key, value }));
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
};
