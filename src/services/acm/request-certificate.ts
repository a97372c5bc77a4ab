import type * as sdk from "@aws-sdk/client-acm";
import { AwsError, type InputOf, type Operation } from "#aws/service.ts";
import { isRequestable, type KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import { checkValidationDomains, requestedNames } from "#domain/certificate/requested-names.ts";
import { type CertificateRequest, type RequestDeps, requestCertificate } from "#lifecycle/request.ts";
import { readTags } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html */
export const RequestCertificate: Operation<typeof sdk, "RequestCertificate", RequestDeps> = async (
  input,
  caller,
  deps,
) => {
  return { CertificateArn: await requestCertificate(readRequest(input), caller, deps) };
};

function readRequest(input: InputOf<typeof sdk, "RequestCertificate">): CertificateRequest {
  const { KeyAlgorithm: keyAlgorithm = "RSA_2048", Options = {}, Tags = [] } = input;
  checkServed(input);
  const names = requestedNames(input.DomainName, input.SubjectAlternativeNames ?? []);
  checkValidationDomains(
    names,
    (input.DomainValidationOptions ?? []).map((option) => [option.DomainName, option.ValidationDomain]),
  );
  return {
    names,
    validationMethod: "DNS",
    validationDomains: new Map(),
    certificateAuthorityArn: undefined,
    keyAlgorithm: requestable(keyAlgorithm),
    exportOption: Options.Export ?? "DISABLED",
    managedBy: input.ManagedBy,
    tags: readTags(Tags),
    idempotencyToken: input.IdempotencyToken,
  };
}

/** ACM validates by e-mail when no method is given; here only DNS validation is served, so that must be said. */
function checkServed(input: InputOf<typeof sdk, "RequestCertificate">): void {
  const { CertificateAuthorityArn, ValidationMethod = "EMAIL", ManagedBy, Options = {} } = input;
  if (CertificateAuthorityArn !== undefined) {
    if (input.ValidationMethod !== undefined) {
      throw invalid(
        "A certificate of a private CA needs no validation: give CertificateAuthorityArn or ValidationMethod.",
      );
    }
    throw invalid("Certificates of a private CA are not served yet: leave CertificateAuthorityArn out.");
  }
  if ((Options.ValidationMethod ?? ValidationMethod) !== ValidationMethod) {
    throw invalid("Options.ValidationMethod and ValidationMethod contradict each other.");
  }
  if (ValidationMethod === "HTTP" && ManagedBy !== "CLOUDFRONT") {
    throw invalid("HTTP validation is for certificates that CloudFront manages: ManagedBy must be CLOUDFRONT.");
  }
  if (ValidationMethod !== "DNS") {
    const given = input.ValidationMethod === undefined ? "EMAIL, ACM's default," : ValidationMethod;
    throw invalid(`ValidationMethod ${given} is not served yet: only DNS is. Set ValidationMethod to DNS.`);
  }
}

function requestable(keyAlgorithm: KeyAlgorithm): CertificateRequest["keyAlgorithm"] {
  if (isRequestable(keyAlgorithm)) return keyAlgorithm;
  throw invalid(
    `A certificate with a key of ${keyAlgorithm} cannot be requested, only imported; RSA_2048, EC_prime256v1 and EC_secp384r1 can be requested.`,
  );
}

function invalid(message: string): AwsError {
  return new AwsError("InvalidParameterException", message);
}
