import type * as sdk from "@aws-sdk/client-acm";
import { AwsError, type InputOf, type Operation } from "#aws/service.ts";
import { parseArn } from "#domain/arn.ts";
import { isRequestable, type KeyAlgorithm } from "#domain/certificate/key-algorithms.ts";
import { readValidationDomains, requestedNames } from "#domain/certificate/requested-names.ts";
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

type Input = InputOf<typeof sdk, "RequestCertificate">;

function readRequest(input: Input): CertificateRequest {
  const { KeyAlgorithm: keyAlgorithm = "RSA_2048", Options = {}, Tags = [], DomainValidationOptions = [] } = input;
  const names = requestedNames(input.DomainName, input.SubjectAlternativeNames ?? []);
  return {
    names,
    ...(input.CertificateAuthorityArn === undefined ? readPublic(input, names) : readPrivate(input)),
    validationDomains: readValidationDomains(
      names,
      DomainValidationOptions.map((option) => [option.DomainName, option.ValidationDomain]),
    ),
    keyAlgorithm: requestable(keyAlgorithm),
    exportOption: Options.Export ?? "DISABLED",
    tags: readTags(Tags),
    idempotencyToken: input.IdempotencyToken,
  };
}

type How = Pick<CertificateRequest, "validationMethod" | "certificateAuthorityArn" | "managedBy">;

/** ACM validates by e-mail where no method is given. */
function readPublic({ ValidationMethod, Options, ManagedBy }: Input, names: readonly string[]): How {
  const { ValidationMethod: optionally } = Options ?? {};
  const validationMethod = ValidationMethod ?? optionally ?? "EMAIL";
  if ((optionally ?? validationMethod) !== validationMethod) {
    throw invalid("Options.ValidationMethod and ValidationMethod contradict each other.");
  }
  if (validationMethod === "HTTP" && ManagedBy !== "CLOUDFRONT") {
    throw invalid("HTTP validation is for certificates that CloudFront manages: ManagedBy must be CLOUDFRONT.");
  }
  const wildcard = names.find((name) => name.startsWith("*."));
  if (validationMethod === "HTTP" && wildcard !== undefined) {
    throw invalid(`HTTP validation cannot prove the wildcard name "${wildcard}": use DNS validation for it.`);
  }
  return { validationMethod, certificateAuthorityArn: undefined, managedBy: ManagedBy };
}

/** Whether there is such a CA, and whether it will sign, is found out when it is asked. */
function readPrivate({ CertificateAuthorityArn = "", ValidationMethod, Options, ManagedBy }: Input): How {
  if (ValidationMethod !== undefined || Options?.ValidationMethod !== undefined) {
    throw invalid(
      "A certificate of a private CA needs no validation: give CertificateAuthorityArn or ValidationMethod.",
    );
  }
  if (ManagedBy !== undefined) {
    throw invalid(`A certificate of a private CA cannot be managed by ${ManagedBy}: leave ManagedBy out.`);
  }
  const arn = parseArn(CertificateAuthorityArn);
  const isAuthority = arn?.service === "acm-pca" && arn.region && arn.account && AUTHORITY.test(arn.resource);
  if (!isAuthority) throw new AwsError("InvalidArnException", `Invalid arn: ${CertificateAuthorityArn}`);
  return { validationMethod: undefined, certificateAuthorityArn: CertificateAuthorityArn, managedBy: undefined };
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

const AUTHORITY = /^certificate-authority\/[\w-]+$/;
