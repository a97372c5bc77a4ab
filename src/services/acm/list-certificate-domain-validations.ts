import type * as sdk from "@aws-sdk/client-acm";
import type { Operation } from "#aws/service.ts";
import { validationEmails } from "#domain/certificate/validation-emails.ts";
import {
  type ListedValidation,
  type ListValidationsDeps,
  listDomainValidations,
} from "#lifecycle/list-domain-validations.ts";
import { shownRecord } from "./wire.ts";

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_ListCertificateDomainValidations.html */
export const ListCertificateDomainValidations: Operation<
  typeof sdk,
  "ListCertificateDomainValidations",
  ListValidationsDeps
> = async ({ CertificateArn, MaxItems = MOST_ITEMS, NextToken }, caller, deps) => {
  const request = { arn: CertificateArn, limit: MaxItems, pageToken: NextToken };
  const { validations, nextToken } = await listDomainValidations(request, caller, deps);
  return { DomainValidationSummaryList: validations.map(summary), NextToken: nextToken };
};

function summary({ active, requested }: ListedValidation): sdk.DomainValidationSummary {
  return {
    DomainName: active.domainName,
    ActiveValidationConfiguration: configuration(active),
    RequestedValidationConfiguration: requested && configuration(requested),
  };
}

function configuration(proof: Proof): sdk.ValidationConfiguration {
  return { ValidationMethod: proof.method, ValidationStatus: proof.status, ValidationChallenge: challenge(proof) };
}

/** What is to be done; for HTTP the model has no member. */
function challenge({ method, recordName, recordValue, validationDomain }: Proof): sdk.ValidationChallenge | undefined {
  switch (method) {
    case "DNS":
      return { DnsValidationChallenge: { ResourceRecord: shownRecord(recordName, recordValue) } };
    case "EMAIL":
      return {
        EmailValidationChallenge: {
          ValidationEmails: [...validationEmails(validationDomain)],
          ValidationDomain: validationDomain,
        },
      };
    case "HTTP":
      return undefined;
  }
}

type Proof = ListedValidation["active"];

const MOST_ITEMS = 1000;
