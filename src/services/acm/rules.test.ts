import type { NormalizedSchema } from "@smithy/core/schema";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { mount } from "#aws/service.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld } from "../../../tests/support/certificate-world.ts";
import { acm } from "./index.ts";
import { rules } from "./rules.ts";

let store: Store;
let world: CertificateWorld;
beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterAll(() => store.destroy());

/** The members of all 40 operations' inputs, as `Shape.Member`. */
function inputMembers(): ReadonlyMap<string, NormalizedSchema> {
  const found = new Map<string, NormalizedSchema>();
  const look = (schema: NormalizedSchema): void => {
    if (schema.isListSchema()) return look(schema.getValueSchema());
    if (!schema.isStructSchema()) return;
    for (const [name, member] of schema.structIterator()) {
      const place = `${schema.getName(true)?.split("#").at(-1)}.${name}`;
      if (found.has(place)) continue;
      found.set(place, member);
      look(member);
    }
  };
  for (const { input } of mount(acm, world.deps).operations.values()) if (!input.isUnitSchema()) look(input);
  return found;
}

test("every text, list, number and blob that comes in has a rule, but for those that ACM leaves free", () => {
  const free = [...inputMembers()].filter(
    ([place, member]) =>
      !rules[place] &&
      !rules[place.slice(place.indexOf(".") + 1)] &&
      !(member.isStructSchema() || member.isBooleanSchema() || member.isTimestampSchema()),
  );
  expect(free.map(([place]) => place).toSorted()).toEqual([
    "AcmCertificateMetadataFilter.AcmeAccountId",
    "CreateAcmeDomainValidationRequest.IdempotencyToken",
    "CreateAcmeEndpointRequest.IdempotencyToken",
    "CreateAcmeExternalAccountBindingRequest.IdempotencyToken",
    "DescribeAcmeAccountRequest.AccountUrl",
    "ListAcmeAccountsRequest.NextToken",
    "ListAcmeDomainValidationsRequest.NextToken",
    "ListAcmeEndpointsRequest.NextToken",
    "ListAcmeExternalAccountBindingsRequest.NextToken",
    "RevokeAcmeAccountRequest.AccountUrl",
  ]);
});

test("every rule is for a member that there is", () => {
  const places = [...inputMembers().keys()];
  const unused = Object.keys(rules).filter(
    (rule) => !places.some((place) => place === rule || place.slice(place.indexOf(".") + 1) === rule),
  );
  expect(unused).toEqual([]);
});

const ARN = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000";
const blob = (length: number): string => Buffer.alloc(length, 65).toString("base64");
const failed = (what: string): string => `1 validation error detected: ${what}`;

/** The wording was recorded from ACM between 2023 and 2026; enum sets come in no order. */
describe("what breaks a rule is ValidationException", () => {
  test.for<[why: string, operation: string, input: object, message: string | RegExp]>([
    [
      "a required member that is missing",
      "DescribeCertificate",
      {},
      failed("Value null at 'certificateArn' failed to satisfy constraint: Member must not be null"),
    ],
    [
      "a text that is too short and does not fit its pattern",
      "DescribeCertificate",
      { CertificateArn: "arn" },
      /^2 validation errors detected: Value 'arn' at 'certificateArn' failed to satisfy constraint: Member must have length greater than or equal to 20; Value 'arn' at 'certificateArn' failed to satisfy constraint: Member must satisfy regular expression pattern: \S+$/,
    ],
    [
      "a text that is too long",
      "RequestCertificate",
      { DomainName: "www.shop.example", IdempotencyToken: "t".repeat(33) },
      failed(
        `Value '${"t".repeat(33)}' at 'idempotencyToken' failed to satisfy constraint: Member must have length less than or equal to 32`,
      ),
    ],
    [
      "an unknown enum value",
      "RequestCertificate",
      { DomainName: "www.shop.example", ValidationMethod: "PHONE" },
      /^1 validation error detected: Value 'PHONE' at 'validationMethod' failed to satisfy constraint: Member must satisfy enum value set: \[(DNS|EMAIL|HTTP)(, (DNS|EMAIL|HTTP)){2}\]$/,
    ],
    [
      "an unknown enum value inside a structure",
      "RequestCertificate",
      { DomainName: "www.shop.example", Options: { Export: "MAYBE" } },
      /Value 'MAYBE' at 'options\.export' failed to satisfy constraint: Member must satisfy enum value set: \[/,
    ],
    [
      "an unknown enum value in a list",
      "ListCertificates",
      { CertificateStatuses: ["ISSUED", "LOST"] },
      /^1 validation error detected: Value '\[ISSUED, LOST\]' at 'certificateStatuses' failed to satisfy constraint: Member must satisfy constraint: \[Member must satisfy enum value set: \[/,
    ],
    [
      "an unknown enum value in a lower-case member",
      "ListCertificates",
      { Includes: { keyTypes: ["RSA_512"] } },
      /Value '\[RSA_512\]' at 'includes\.keyTypes' failed to satisfy constraint: Member must satisfy constraint: \[/,
    ],
    [
      "a list element, told once for the list with all that is asked of it",
      "RequestCertificate",
      { DomainName: "www.shop.example", SubjectAlternativeNames: ["a.shop.example", "ccc"] },
      /^1 validation error detected: Value '\[a\.shop\.example, ccc\]' at 'subjectAlternativeNames' failed to satisfy constraint: Member must satisfy constraint: \[Member must have length less than or equal to 253, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: \S+\]$/,
    ],
    [
      "an empty list",
      "RequestCertificate",
      { DomainName: "www.shop.example", Tags: [] },
      failed("Value '[]' at 'tags' failed to satisfy constraint: Member must have length greater than or equal to 1"),
    ],
    [
      "a list of too many",
      "RequestCertificate",
      { DomainName: "www.shop.example", Tags: Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}` })) },
      failed("Value at 'tags' failed to satisfy constraint: Member must have length less than or equal to 50"),
    ],
    [
      "a member of a structure in a list",
      "AddTagsToCertificate",
      { CertificateArn: ARN, Tags: [{ Key: "a" }, { Key: "" }, { Value: "x" }] },
      "2 validation errors detected: Value '' at 'tags.2.member.key' failed to satisfy constraint: Member must have length greater than or equal to 1; Value null at 'tags.3.member.key' failed to satisfy constraint: Member must not be null",
    ],
    [
      "a number that is too large",
      "ListCertificates",
      { MaxItems: 1001 },
      failed(
        "Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
      ),
    ],
    [
      "a number that is too small",
      "SearchCertificates",
      { MaxResults: 0 },
      failed(
        "Value '0' at 'maxResults' failed to satisfy constraint: Member must have value greater than or equal to 1",
      ),
    ],
    [
      "a passphrase, without its value",
      "ExportCertificate",
      { CertificateArn: ARN, Passphrase: blob(3) },
      failed("Value at 'passphrase' failed to satisfy constraint: Member must have length greater than or equal to 4"),
    ],
    [
      "a private key, without its value",
      "ImportCertificate",
      { Certificate: blob(10), PrivateKey: blob(5121) },
      failed("Value at 'privateKey' failed to satisfy constraint: Member must have length less than or equal to 5120"),
    ],
    [
      "a certificate and its chain",
      "ImportCertificate",
      { Certificate: blob(32_769), PrivateKey: blob(10), CertificateChain: "" },
      "2 validation errors detected: Value at 'certificate' failed to satisfy constraint: Member must have length less than or equal to 32768; Value at 'certificateChain' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      "an ARN of something else where a certificate's is wanted",
      "ListCertificateDomainValidations",
      { CertificateArn: "arn:aws:acm:eu-west-1:123456789012:acme-endpoint/1234" },
      /at 'certificateArn' failed to satisfy constraint: Member must satisfy regular expression pattern: /,
    ],
    [
      "a reason that is none",
      "RevokeCertificate",
      { CertificateArn: ARN, RevocationReason: "BOREDOM" },
      /Value 'BOREDOM' at 'revocationReason' failed to satisfy constraint: Member must satisfy enum value set: \[.*SUPERCEDED.*\]$/,
    ],
    [
      "several things at once, all counted",
      "RequestCertificate",
      { ValidationMethod: "PHONE", KeyAlgorithm: "DSA" },
      /^3 validation errors detected: Value null at 'domainName' failed .*; Value 'PHONE' at 'validationMethod' failed .*; Value 'DSA' at 'keyAlgorithm' failed /,
    ],
  ])("%s", async ([, operation, input, message]) => {
    const refused = await world.call(operation, input);
    expect(refused).toMatchObject({ status: 400, error: "ValidationException" });
    if (typeof message === "string") expect(refused.body.message).toBe(message);
    else expect(refused.body.message).toMatch(message);
  });

  test("members that ACM does not have are ignored, as ACM does", async () => {
    const input = { DomainName: "www.shop.example", ValidationMethod: "DNS", CertificateOptions: { Anything: 1 } };
    expect((await world.call("RequestCertificate", input)).status).toBe(200);
  });

  test("a wrong type is SerializationException, and the value is not told", async () => {
    for (const [operation, input] of [
      ["RequestCertificate", { DomainName: 5 }],
      ["RequestCertificate", { DomainName: "www.shop.example", Tags: { Key: "secret" } }],
      ["ExportCertificate", { CertificateArn: ARN, Passphrase: { text: "secret" } }],
      ["ListCertificates", { MaxItems: "secret" }],
    ] as const) {
      const refused = await world.call(operation, input);
      expect(refused).toMatchObject({ status: 400, error: "SerializationException" });
      expect(refused.body.message).not.toContain("secret");
    }
  });
});
