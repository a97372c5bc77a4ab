import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOUR, SECOND } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld } from "../../../tests/support/certificate-world.ts";

let store: Store;
let world: CertificateWorld;
beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterAll(() => store.destroy());

const request = (input: object) => world.call("RequestCertificate", { ValidationMethod: "DNS", ...input });

describe("RequestCertificate", () => {
  test("answers with an ARN of the caller's account and region", async () => {
    const { status, body } = await request({ DomainName: "www.example.com" });
    expect(status).toBe(200);
    expect(body).toEqual({
      CertificateArn: expect.stringMatching(/^arn:aws:acm:eu-west-1:123456789012:certificate\/[0-9a-f-]{36}$/),
    });
  });

  test("makes alias/aws/acm with the first request in a region, and only then", async () => {
    const aliases = await store.selectFrom("keyAliases").select(["region", "name"]).execute();
    expect(aliases).toEqual([{ region: "eu-west-1", name: "alias/aws/acm" }]);
  });

  test.for<[why: string, input: object, error: string, message: string]>([
    [
      "no domain name",
      {},
      "ValidationException",
      "1 validation error detected: Value null at 'domainName' failed to satisfy constraint: Member must not be null",
    ],
    [
      "a name with an underscore",
      { DomainName: "a_b.example.com" },
      "ValidationException",
      "1 validation error detected: Value 'a_b.example.com' at 'domainName' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
    ],
    [
      "a list with a name that is none",
      { DomainName: "example.com", SubjectAlternativeNames: ["ccc"] },
      "ValidationException",
      "1 validation error detected: Value '[ccc]' at 'subjectAlternativeNames' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 253, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern: ",
    ],
    [
      "an unknown key algorithm",
      { DomainName: "example.com", KeyAlgorithm: "RSA_512" },
      "ValidationException",
      "1 validation error detected: Value 'RSA_512' at 'keyAlgorithm' failed to satisfy constraint: Member must satisfy enum value set: [",
    ],
    [
      "a first name longer than 64 characters",
      { DomainName: `${"a".repeat(60)}.example.com` },
      "InvalidDomainValidationOptionsException",
      "The first domain name can be no longer than 64 characters.",
    ],
    [
      "a label that is no valid IDN",
      { DomainName: "xn--a.example.com" },
      "InvalidParameterException",
      '"xn--a.example.com": the label "xn--a" is not a valid internationalized label.',
    ],
    [
      "a name of Amazon's own",
      { DomainName: "x.cloudfront.net" },
      "InvalidParameterException",
      '"x.cloudfront.net" belongs to cloudfront.net',
    ],
    [
      "a key that can only be imported",
      { DomainName: "example.com", KeyAlgorithm: "RSA_4096" },
      "InvalidParameterException",
      "A certificate with a key of RSA_4096 cannot be requested, only imported",
    ],
    [
      "a validation domain that is not above the name",
      {
        DomainName: "a.example.com",
        DomainValidationOptions: [{ DomainName: "a.example.com", ValidationDomain: "b.com" }],
      },
      "InvalidDomainValidationOptionsException",
      'The validation domain "b.com" must be "a.example.com" itself or a domain above it.',
    ],
    [
      "a validation domain for a name that is not asked for",
      {
        DomainName: "a.example.com",
        DomainValidationOptions: [{ DomainName: "b.example.com", ValidationDomain: "example.com" }],
      },
      "InvalidDomainValidationOptionsException",
      'DomainValidationOptions names "b.example.com"',
    ],
    [
      "a reserved tag",
      { DomainName: "example.com", Tags: [{ Key: "aws:x", Value: "1" }] },
      "InvalidTagException",
      'Invalid Tag Key: "aws:x". AWS internal tags cannot be changed with this API',
    ],
    [
      "a bad tag",
      { DomainName: "example.com", Tags: [{ Key: "ok" }, { Key: "what?" }] },
      "ValidationException",
      "1 validation error detected: Value 'what?' at 'tags.2.member.key' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
    ],
    [
      "a private CA together with a validation method",
      {
        DomainName: "example.com",
        CertificateAuthorityArn: "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/1",
      },
      "InvalidParameterException",
      "A certificate of a private CA needs no validation",
    ],
    [
      "two validation methods",
      { DomainName: "example.com", Options: { ValidationMethod: "EMAIL" } },
      "InvalidParameterException",
      "Options.ValidationMethod and ValidationMethod contradict each other.",
    ],
    [
      "HTTP validation outside of CloudFront",
      { DomainName: "example.com", ValidationMethod: "HTTP" },
      "InvalidParameterException",
      "HTTP validation is for certificates that CloudFront manages",
    ],
    [
      "HTTP validation of a wildcard",
      {
        DomainName: "shop.example",
        SubjectAlternativeNames: ["*.shop.example"],
        ValidationMethod: "HTTP",
        ManagedBy: "CLOUDFRONT",
      },
      "InvalidParameterException",
      'HTTP validation cannot prove the wildcard name "*.shop.example"',
    ],
    [
      "two validation domains for one name",
      {
        DomainName: "a.b.shop.example",
        DomainValidationOptions: [
          { DomainName: "a.b.shop.example", ValidationDomain: "b.shop.example" },
          { DomainName: "A.b.shop.example", ValidationDomain: "shop.example" },
        ],
      },
      "InvalidDomainValidationOptionsException",
      'DomainValidationOptions names "A.b.shop.example" twice, with "b.shop.example" and with "shop.example".',
    ],
  ])("refuses %s", async ([, input, error, message]) => {
    const refused = await request(input);
    expect(refused).toMatchObject({ status: 400, error });
    expect(refused.body.message.slice(0, message.length)).toBe(message);
  });

  test.for<[why: string, input: object, error: string, message: string]>([
    [
      "managed by CloudFront",
      { ManagedBy: "CLOUDFRONT" },
      "InvalidParameterException",
      "A certificate of a private CA cannot be managed by CLOUDFRONT",
    ],
    [
      "validated in its options",
      { Options: { ValidationMethod: "DNS" } },
      "InvalidParameterException",
      "A certificate of a private CA needs no validation",
    ],
    [
      "of a CA that is none",
      { CertificateAuthorityArn: "arn:aws:acm-pca:eu-west-1:123456789012:permission/1" },
      "InvalidArnException",
      "Invalid arn: arn:aws:acm-pca:eu-west-1:123456789012:permission/1",
    ],
    [
      "with a key that only imports have",
      { KeyAlgorithm: "RSA_4096" },
      "InvalidParameterException",
      "A certificate with a key of RSA_4096 cannot be requested",
    ],
  ])("refuses a private certificate %s", async ([, input, error, message]) => {
    const refused = await world.call("RequestCertificate", { ...PRIVATE, ...input });
    expect(refused).toMatchObject({ status: 400, error });
    expect(refused.body.message.slice(0, message.length)).toBe(message);
  });

  test("takes a private CA's certificate, of which nothing is proved", async () => {
    const { body } = await world.call("RequestCertificate", PRIVATE);
    const certificate = await world.describe(body.CertificateArn);
    expect(certificate).toMatchObject({
      Type: "PRIVATE",
      Status: "PENDING_VALIDATION",
      CertificateAuthorityArn: PRIVATE.CertificateAuthorityArn,
    });
    for (const member of ["DomainValidationOptions", "Issuer"]) expect(certificate).not.toHaveProperty(member);
    expect(certificate.Options).not.toHaveProperty("ValidationMethod");
  });

  test.for<[input: object, method: string]>([
    [{}, "EMAIL"],
    [{ ValidationMethod: "EMAIL" }, "EMAIL"],
    [{ Options: { ValidationMethod: "DNS" } }, "DNS"],
    [{ ValidationMethod: "DNS", Options: { ValidationMethod: "DNS" } }, "DNS"],
    [{ ValidationMethod: "DNS", ManagedBy: "CLOUDFRONT" }, "DNS"],
    [{ ValidationMethod: "HTTP", ManagedBy: "CLOUDFRONT" }, "HTTP"],
  ])("with %j validates by %s", async ([input, method]) => {
    const { body } = await world.call("RequestCertificate", { DomainName: "www.shop.example", ...input });
    const { Options, DomainValidationOptions } = await world.describe(body.CertificateArn);
    expect(Options.ValidationMethod).toBe(method);
    expect(DomainValidationOptions).toMatchObject([{ ValidationMethod: method }]);
  });

  test("keeps where letters go, and shows the addresses", async () => {
    const { body } = await world.call("RequestCertificate", {
      DomainName: "a.b.shop.example",
      SubjectAlternativeNames: ["c.shop.example"],
      DomainValidationOptions: [{ DomainName: "A.B.shop.example", ValidationDomain: "Shop.Example" }],
    });
    const { DomainValidationOptions } = await world.describe(body.CertificateArn);
    expect(DomainValidationOptions).toMatchObject([
      { ValidationDomain: "shop.example", ValidationEmails: expect.arrayContaining(["admin@shop.example"]) },
      { ValidationDomain: "c.shop.example", ValidationEmails: expect.arrayContaining(["admin@c.shop.example"]) },
    ]);
  });

  test("answers the same ARN for the same token and parameters within an hour, in any order of the names", async () => {
    const input = {
      DomainName: "token.example.com",
      SubjectAlternativeNames: ["a.example.com", "b.example.com"],
      IdempotencyToken: "t1",
    };
    const first = (await request(input)).body.CertificateArn;
    world.clock.advance(HOUR - SECOND);
    const reordered = { ...input, SubjectAlternativeNames: ["b.example.com", "a.example.com"] };
    expect((await request(reordered)).body.CertificateArn).toBe(first);
    expect((await request({ ...input, KeyAlgorithm: "EC_prime256v1" })).body.CertificateArn).not.toBe(first);
    expect((await request({ ...input, IdempotencyToken: "t2" })).body.CertificateArn).not.toBe(first);
    world.clock.advance(SECOND);
    const later = (await request(input)).body.CertificateArn;
    expect(later).not.toBe(first);
    expect((await request(input)).body.CertificateArn).toBe(later);
  });

  test("keeps accounts and regions apart, tokens included", async () => {
    const input = { DomainName: "token.example.com", ValidationMethod: "DNS", IdempotencyToken: "t9" };
    const arns = await Promise.all(
      [{}, { region: "us-east-1" }, { account: "999999999999" }].map((owner) =>
        world.call("RequestCertificate", input, owner as never).then(({ body }) => body.CertificateArn),
      ),
    );
    expect(new Set(arns).size).toBe(3);
    const foreign = await world.call("DescribeCertificate", { CertificateArn: arns[2] });
    expect(foreign.error).toBe("ResourceNotFoundException");
  });
});

const PRIVATE = {
  DomainName: "in.shop.example",
  CertificateAuthorityArn:
    "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/00000000-0000-4000-8000-000000000000",
};
