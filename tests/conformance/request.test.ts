import {
  type CertificateDetail,
  DescribeCertificateCommand,
  GetCertificateCommand,
  RequestCertificateCommand,
  type RequestCertificateCommandInput,
} from "@aws-sdk/client-acm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { HOUR, MINUTE, SECOND } from "#lib/duration.ts";
import { type AcmEndpoint, acmEndpoint, refusal } from "../support/acm-endpoint.ts";
import { prove } from "../support/certificate-world.ts";

let endpoint: AcmEndpoint & { close(): Promise<void> };
beforeAll(async () => {
  endpoint = await acmEndpoint();
});
afterAll(() => endpoint.close());

type Asked = Partial<RequestCertificateCommandInput>;

async function ask(DomainName: string, more: Asked = {}, owner = {}): Promise<string> {
  const input = { DomainName, ValidationMethod: "DNS" as const, ...more };
  return (await endpoint.client(owner).send(new RequestCertificateCommand(input))).CertificateArn ?? "";
}

async function see(CertificateArn: string, owner = {}): Promise<CertificateDetail> {
  return (await endpoint.client(owner).send(new DescribeCertificateCommand({ CertificateArn }))).Certificate ?? {};
}

async function recordOf(
  arn: string,
  name: string,
  owner = {},
): Promise<{ Name?: string | undefined; Value?: string | undefined }> {
  const { DomainValidationOptions = [] } = await see(arn, owner);
  return DomainValidationOptions.find(({ DomainName }) => DomainName === name)?.ResourceRecord ?? {};
}

describe("RequestCertificate", () => {
  test("answers an ARN of the caller's account and region", async () => {
    expect(await ask("arn.example")).toMatch(
      /^arn:aws:acm:eu-west-1:123456789012:certificate\/[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/,
    );
  });

  test("without a ValidationMethod it is EMAIL", async () => {
    const { CertificateArn } = await endpoint
      .client()
      .send(new RequestCertificateCommand({ DomainName: "mail.example" }));
    const { DomainValidationOptions = [] } = await see(CertificateArn ?? "");
    expect(DomainValidationOptions.map(({ ValidationMethod }) => ValidationMethod)).toEqual(["EMAIL"]);
  });

  test("without a KeyAlgorithm it is RSA_2048, which answers spell RSA-2048", async () => {
    expect((await see(await ask("rsa.example"))).KeyAlgorithm).toBe("RSA-2048");
  });

  test.for(["RSA_2048", "EC_prime256v1", "EC_secp384r1"] as const)(
    "a key of %s can be requested",
    async (KeyAlgorithm) => {
      const arn = await ask(`${KeyAlgorithm.toLowerCase().replace("_", "-")}.example`, { KeyAlgorithm });
      expect((await see(arn)).KeyAlgorithm).toBe(KeyAlgorithm.replace("_", "-"));
    },
  );

  test.for(["RSA_1024", "RSA_3072", "RSA_4096", "EC_secp521r1"] as const)(
    "a key of %s can only be imported: InvalidParameterException",
    async (KeyAlgorithm) => {
      expect((await refusal(ask("big.example", { KeyAlgorithm }))).name).toBe("InvalidParameterException");
    },
  );

  test("DomainName is always among the names, and doubles collapse", async () => {
    const arn = await ask("a.example", { SubjectAlternativeNames: ["b.example", "a.example", "b.example"] });
    expect((await see(arn)).SubjectAlternativeNames).toEqual(["a.example", "b.example"]);
  });

  test("a first name of more than 64 characters: InvalidDomainValidationOptionsException", async () => {
    expect(await refusal(ask(`${"a".repeat(60)}.example`))).toEqual({
      name: "InvalidDomainValidationOptionsException",
      message: "The first domain name can be no longer than 64 characters.",
    });
  });

  test("an A-label that does not decode is refused", async () => {
    expect((await refusal(ask("xn--a.example"))).name).toBe("InvalidParameterException");
    expect((await refusal(ask("ab--cd.example"))).name).toBe("InvalidParameterException");
  });

  test("names that are Amazon's are refused", async () => {
    expect((await refusal(ask("mine.amazonaws.com"))).name).toBe("InvalidParameterException");
  });

  test("HTTP validation is for what CloudFront manages, and never for wildcards: InvalidParameterException", async () => {
    expect((await refusal(ask("http.example", { ValidationMethod: "HTTP" }))).name).toBe("InvalidParameterException");
    const wildcard = { ValidationMethod: "HTTP", ManagedBy: "CLOUDFRONT" } as const;
    expect((await refusal(ask("*.http.example", wildcard))).name).toBe("InvalidParameterException");
    const { DomainValidationOptions = [], ManagedBy } = await see(await ask("http.example", wildcard));
    expect(ManagedBy).toBe("CLOUDFRONT");
    expect(DomainValidationOptions[0]?.HttpRedirect).toEqual({
      RedirectFrom: expect.stringMatching(/^http:\/\/http\.example\/\.well-known\/pki-validation\/[0-9a-z]{32}\.txt$/),
      RedirectTo: expect.stringMatching(/\/[0-9a-z]{12}\/\.well-known\/pki-validation\/[0-9a-z]{32}\.txt$/),
    });
  });

  test("CertificateAuthorityArn and ValidationMethod exclude each other: InvalidParameterException", async () => {
    const CertificateAuthorityArn =
      "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/00000000-0000-4000-8000-000000000000";
    expect((await refusal(ask("private.example", { CertificateAuthorityArn }))).name).toBe("InvalidParameterException");
  });

  test("DomainValidationOptions for a name that is not in the request: InvalidDomainValidationOptionsException", async () => {
    const DomainValidationOptions = [{ DomainName: "other.example", ValidationDomain: "other.example" }];
    const more = { ValidationMethod: "EMAIL" as const, DomainValidationOptions };
    expect((await refusal(ask("a.example", more))).name).toBe("InvalidDomainValidationOptionsException");
  });

  test("a ValidationDomain that is not above the name: InvalidDomainValidationOptionsException", async () => {
    const DomainValidationOptions = [{ DomainName: "a.one.example", ValidationDomain: "two.example" }];
    const more = { ValidationMethod: "EMAIL" as const, DomainValidationOptions };
    expect((await refusal(ask("a.one.example", more))).name).toBe("InvalidDomainValidationOptionsException");
  });

  test("tags of a request are the certificate's; more than fifty are refused, and so is aws:", async () => {
    const many = Array.from({ length: 51 }, (_, index) => ({ Key: `k${index}`, Value: "v" }));
    expect((await refusal(ask("tags.example", { Tags: many }))).name).toBe("ValidationException");
    expect(["ValidationException", "InvalidTagException"]).toContain(
      (await refusal(ask("tags.example", { Tags: [{ Key: "aws:x", Value: "v" }] }))).name,
    );
  });
});

describe("an idempotency token", () => {
  test("answers the same certificate for an hour, and a new one afterwards", async () => {
    const more = { IdempotencyToken: "again" };
    const first = await ask("token.example", more);
    endpoint.world.clock.advance(HOUR - MINUTE);
    expect(await ask("token.example", more)).toBe(first);
    endpoint.world.clock.advance(MINUTE);
    expect(await ask("token.example", more)).not.toBe(first);
  });

  test("with other parameters is another request", async () => {
    const first = await ask("one.example", { IdempotencyToken: "same" });
    expect(await ask("two.example", { IdempotencyToken: "same" })).not.toBe(first);
  });

  test("of another region is another's", async () => {
    const more = { IdempotencyToken: "region" };
    const first = await ask("r.example", more);
    expect(await ask("r.example", more, { region: "eu-north-1" })).not.toBe(first);
  });

  test("64 times at once makes one certificate", async () => {
    const arns = await Promise.all(
      Array.from({ length: 64 }, () => ask("storm.example", { IdempotencyToken: "storm" })),
    );
    expect(new Set(arns).size).toBe(1);
  });
});

describe("a DNS validation record", () => {
  test("is _<32>.<domain>. CNAME _<32>.<10 letters>.acm-validations.aws.", async () => {
    const { Name, Value } = await recordOf(await ask("record.example"), "record.example");
    expect(Name).toMatch(/^_[0-9a-z]{32}\.record\.example\.$/);
    expect(Value).toMatch(/^_[0-9a-z]{32}\.[a-z]{10}\.acm-validations\.aws\.$/);
  });

  test("is the same for a domain and its wildcard", async () => {
    const arn = await ask("both.example", { SubjectAlternativeNames: ["*.both.example"] });
    expect(await recordOf(arn, "both.example")).toEqual(await recordOf(arn, "*.both.example"));
  });

  test("is the same for every request and in every region of an account, and another for every other account", async () => {
    const here = await recordOf(await ask("stable.example"), "stable.example");
    expect(await recordOf(await ask("stable.example"), "stable.example")).toEqual(here);
    const there = { region: "ap-south-1" };
    expect(await recordOf(await ask("stable.example", {}, there), "stable.example", there)).toEqual(here);
    const other = { account: "999999999999" };
    const theirs = await recordOf(await ask("stable.example", {}, other), "stable.example", other);
    expect(theirs.Name).not.toBe(here.Name);
    expect(theirs.Value).not.toBe(here.Value);
  });

  test("of another name is another", async () => {
    const arn = await ask("n1.example", { SubjectAlternativeNames: ["n2.example"] });
    expect((await recordOf(arn, "n1.example")).Value).not.toBe((await recordOf(arn, "n2.example")).Value);
  });

  test("that stands before the request proves it at the first look", async () => {
    const early = await ask("early.example");
    await prove(endpoint.world, early);
    await endpoint.world.work();
    const late = await ask("early.example");
    await endpoint.world.work();
    expect((await see(late)).Status).toBe("ISSUED");
  });

  test("is looked for again until it stands: ISSUED soon after it is written", async () => {
    const arn = await ask("late.example");
    await endpoint.world.liveUntil(new Date(endpoint.world.clock.now().getTime() + 5 * HOUR));
    expect((await see(arn)).Status).toBe("PENDING_VALIDATION");
    await prove(endpoint.world, arn);
    await endpoint.world.work();
    expect((await see(arn)).Status).toBe("ISSUED");
  });

  test("that never stands: VALIDATION_TIMED_OUT after 72 hours, for good", async () => {
    const arn = await ask("never.example");
    const start = endpoint.world.clock.now().getTime();
    await endpoint.world.liveUntil(new Date(start + 72 * HOUR - SECOND));
    expect((await see(arn)).Status).toBe("PENDING_VALIDATION");
    await endpoint.world.liveUntil(new Date(start + 72 * HOUR));
    expect((await see(arn)).Status).toBe("VALIDATION_TIMED_OUT");
    await prove(endpoint.world, arn);
    await endpoint.world.liveUntil(new Date(start + 80 * HOUR));
    expect((await see(arn)).Status).toBe("VALIDATION_TIMED_OUT");
  });
});

describe("GetCertificate", () => {
  test("before the first issue: RequestInProgressException", async () => {
    const CertificateArn = await ask("soon.example");
    expect((await refusal(endpoint.client().send(new GetCertificateCommand({ CertificateArn })))).name).toBe(
      "RequestInProgressException",
    );
  });

  test("answers the leaf and, apart from it, the chain: intermediate and cross-signed root", async () => {
    const CertificateArn = await ask("chain.example");
    await prove(endpoint.world, CertificateArn);
    await endpoint.world.work();
    const { Certificate = "", CertificateChain = "" } = await endpoint
      .client()
      .send(new GetCertificateCommand({ CertificateArn }));
    expect(Certificate.match(/BEGIN CERTIFICATE/g)).toHaveLength(1);
    expect(CertificateChain.match(/BEGIN CERTIFICATE/g)).toHaveLength(2);
    expect(CertificateChain).not.toContain(Certificate.trim());
  });
});
