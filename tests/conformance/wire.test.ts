import {
  AddTagsToCertificateCommand,
  DescribeCertificateCommand,
  ExportCertificateCommand,
  ListCertificateDomainValidationsCommand,
  ListCertificatesCommand,
  ListTagsForCertificateCommand,
  PutAccountConfigurationCommand,
  RequestCertificateCommand,
  SearchCertificatesCommand,
} from "@aws-sdk/client-acm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type AcmEndpoint, acmEndpoint, refusal } from "../support/acm-endpoint.ts";

let endpoint: AcmEndpoint & { close(): Promise<void> };
beforeAll(async () => {
  endpoint = await acmEndpoint();
});
afterAll(() => endpoint.close());

const NOWHERE = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000";

/** What a client that knows nothing of schemas gets. */
async function raw(operation: string, body: string, headers: Readonly<Record<string, string>> = {}): Promise<Response> {
  return await fetch(endpoint.url, {
    method: "POST",
    headers: {
      "content-type": "application/x-amz-json-1.1",
      "x-amz-target": `CertificateManager.${operation}`,
      authorization:
        "AWS4-HMAC-SHA256 Credential=AKIA123456789012/20261122/eu-west-1/acm/aws4_request, SignedHeaders=host, Signature=00",
      ...headers,
    },
    body,
  });
}

describe("the wire protocol", () => {
  test("is JSON 1.1: POST / with X-Amz-Target CertificateManager.<Operation>", async () => {
    const answer = await raw("RequestCertificate", '{"DomainName":"wire.example","ValidationMethod":"DNS"}');
    expect(answer.status).toBe(200);
    expect(answer.headers.get("content-type")).toBe("application/x-amz-json-1.1");
    expect(Object.keys((await answer.json()) as object)).toEqual(["CertificateArn"]);
  });

  test("times are JSON numbers of seconds since the epoch", async () => {
    const { CertificateArn } = await endpoint
      .client()
      .send(new RequestCertificateCommand({ DomainName: "times.example", ValidationMethod: "DNS" }));
    const answer = await raw("DescribeCertificate", JSON.stringify({ CertificateArn }));
    const { Certificate } = (await answer.json()) as { Certificate: { CreatedAt: number } };
    expect(Certificate.CreatedAt).toBe(endpoint.world.clock.now().getTime() / 1000);
  });

  test("blobs are base64: PEM that is not encoded is refused with SerializationException", async () => {
    const pem = "-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n";
    const answer = await raw("ImportCertificate", JSON.stringify({ Certificate: pem, PrivateKey: pem }));
    expect(answer.status).toBe(400);
    expect(((await answer.json()) as { __type: string }).__type).toBe("SerializationException");
  });

  test("an operation without output answers 200 and an empty object or nothing", async () => {
    const arn = await endpoint.world.request("empty.example");
    const answer = await raw(
      "AddTagsToCertificate",
      JSON.stringify({ CertificateArn: arn, Tags: [{ Key: "a", Value: "b" }] }),
    );
    expect(answer.status).toBe(200);
    expect(["", "{}"]).toContain(await answer.text());
  });

  test("errors are HTTP 400 with __type, message and x-amzn-RequestId", async () => {
    const answer = await raw("DescribeCertificate", JSON.stringify({ CertificateArn: NOWHERE }));
    expect(answer.status).toBe(400);
    expect(answer.headers.get("x-amzn-requestid")).toMatch(/^[0-9a-f-]{36}$/);
    const body = (await answer.json()) as { __type: string; message: string };
    expect(body.__type).toBe("ResourceNotFoundException");
    expect(body.message).toContain(NOWHERE);
  });

  test("members that nobody knows are ignored", async () => {
    const answer = await raw("ListCertificates", '{"CertificateOptions":{"Anything":[1]},"MaxItems":1}');
    expect(answer.status).toBe(200);
  });

  test("an unknown operation answers UnknownOperationException", async () => {
    const answer = await raw("IssueEverything", "{}");
    expect(((await answer.json()) as { __type: string }).__type).toBe("UnknownOperationException");
  });

  test("a NextToken belongs to its filters: another list refuses it with InvalidArgsException", async () => {
    const client = endpoint.client({ region: "eu-north-1" });
    for (const name of ["a.example", "b.example"]) {
      await client.send(new RequestCertificateCommand({ DomainName: name, ValidationMethod: "DNS" }));
    }
    const { NextToken } = await client.send(new ListCertificatesCommand({ MaxItems: 1 }));
    expect(NextToken).toEqual(expect.any(String));
    const other = { NextToken, CertificateStatuses: ["ISSUED" as const] };
    expect((await refusal(client.send(new ListCertificatesCommand(other)))).name).toBe("InvalidArgsException");
  });
});

describe("constraints", () => {
  const send = (command: object) => refusal(endpoint.client().send(command as DescribeCertificateCommand));

  test("a required member that is missing: Value null … Member must not be null", async () => {
    const answer = await raw("DescribeCertificate", "{}");
    expect(await answer.json()).toMatchObject({
      __type: "ValidationException",
      message:
        "1 validation error detected: Value null at 'certificateArn' failed to satisfy constraint: Member must not be null",
    });
  });

  test("several failures count up and are joined by semicolons", async () => {
    const { name, message } = await send(
      new PutAccountConfigurationCommand({ IdempotencyToken: "", ExpiryEvents: { DaysBeforeExpiry: 0 } }),
    );
    expect(name).toBe("ValidationException");
    expect(message).toMatch(/^\d validation errors detected: .*; /);
  });

  test("members are named in lower camel case, elements of lists by their place from 1", async () => {
    const { name, message } = await send(
      new AddTagsToCertificateCommand({ CertificateArn: NOWHERE, Tags: [{ Key: "x".repeat(129), Value: "v" }] }),
    );
    expect(name).toBe("ValidationException");
    expect(message).toContain(
      "at 'tags.1.member.key' failed to satisfy constraint: Member must have length less than or equal to 128",
    );
  });

  test("an unknown enum value names the set", async () => {
    const { name, message } = await send(
      new RequestCertificateCommand({ DomainName: "a.example", ValidationMethod: "PIGEON" as "DNS" }),
    );
    expect(name).toBe("ValidationException");
    const [, set = ""] = /Member must satisfy enum value set: \[(.*)\]/.exec(message) ?? [];
    expect(set.split(", ").sort()).toEqual(["DNS", "EMAIL", "HTTP"]);
  });

  test("a number that is too large says less than or equal to", async () => {
    const { message } = await send(new ListCertificatesCommand({ MaxItems: 1001 }));
    expect(message).toContain("Member must have value less than or equal to 1000");
  });

  test("a bad element of SubjectAlternativeNames is reported once for the list, with all its constraints", async () => {
    const { message } = await send(
      new RequestCertificateCommand({
        DomainName: "a.example",
        SubjectAlternativeNames: ["ccc"],
        ValidationMethod: "DNS",
      }),
    );
    expect(message).toContain(
      "Value '[ccc]' at 'subjectAlternativeNames' failed to satisfy constraint: Member must satisfy constraint: [Member must have length less than or equal to 253, Member must have length greater than or equal to 1, Member must satisfy regular expression pattern:",
    );
  });

  test("secrets and blobs are refused without their value", async () => {
    const { name, message } = await send(
      new ExportCertificateCommand({ CertificateArn: NOWHERE, Passphrase: Buffer.from("abc") }),
    );
    expect(name).toBe("ValidationException");
    expect(message).toContain("Value at 'passphrase' failed to satisfy constraint");
    expect(message).not.toContain("abc");
    expect(message).not.toContain("YWJj");
  });

  test("an ARN of less than 20 characters breaks its constraint", async () => {
    const { name } = await send(new DescribeCertificateCommand({ CertificateArn: "arn:aws:acm" }));
    expect(name).toBe("ValidationException");
  });

  test("a well-formed ARN of something else is InvalidArnException", async () => {
    const arn = "arn:aws:acm:eu-west-1:123456789012:something/else";
    expect(await send(new DescribeCertificateCommand({ CertificateArn: arn }))).toEqual({
      name: "InvalidArnException",
      message: `Invalid arn: ${arn}`,
    });
  });

  test("ListCertificateDomainValidations insists on :certificate/", async () => {
    const arn = "arn:aws:acm:eu-west-1:123456789012:something/else";
    expect((await send(new ListCertificateDomainValidationsCommand({ CertificateArn: arn }))).name).toBe(
      "ValidationException",
    );
  });

  test.for([
    ["localhost", "needs two labels"],
    ["*.com", "a wildcard below a single label"],
    ["x.y", "the last label needs two letters"],
    ["a.*.com", "a star in the middle"],
    ["example.com.", "a dot at the end"],
    ["under_score.example.com", "an underscore"],
    ["bücher.example.com", "raw IDN"],
    ["10.0.0.1", "an address whose last part is one digit"],
  ] as const)("a domain name: %s is refused with ValidationException (%s)", async ([name]) => {
    expect((await send(new RequestCertificateCommand({ DomainName: name, ValidationMethod: "DNS" }))).name).toBe(
      "ValidationException",
    );
  });

  test("a domain name in capitals is accepted", async () => {
    const arn = await endpoint.world.request("CAPITALS.EXAMPLE");
    expect((await endpoint.world.describe(arn)).DomainName).toBe("capitals.example");
  });

  test("an address that passes as a name is accepted and then FAILED with INVALID_PUBLIC_DOMAIN", async () => {
    const arn = await endpoint.world.request("10.0.0.10");
    await endpoint.world.work();
    expect(await endpoint.world.describe(arn)).toMatchObject({
      Status: "FAILED",
      FailureReason: "INVALID_PUBLIC_DOMAIN",
    });
  });

  test("an idempotency token is up to 32 word characters", async () => {
    const request = { DomainName: "token.example", ValidationMethod: "DNS" as const };
    for (const token of ["x".repeat(33), "with-hyphen", ""]) {
      expect((await send(new RequestCertificateCommand({ ...request, IdempotencyToken: token }))).name).toBe(
        "ValidationException",
      );
    }
  });

  test("a hundred names and a hundred and one options: 1-100", async () => {
    const names = Array.from({ length: 101 }, (_, index) => `n${index}.example`);
    const { name } = await send(
      new RequestCertificateCommand({
        DomainName: "a.example",
        SubjectAlternativeNames: names,
        ValidationMethod: "DNS",
      }),
    );
    expect(name).toBe("ValidationException");
  });

  test("SearchCertificates takes up to 500 results and 15 statements a list", async () => {
    expect((await send(new SearchCertificatesCommand({ MaxResults: 501 }))).name).toBe("ValidationException");
    const one = { Filter: { CertificateArn: NOWHERE } };
    const many = Array.from({ length: 16 }, () => one);
    expect((await send(new SearchCertificatesCommand({ FilterStatement: { And: many } }))).name).toBe(
      "ValidationException",
    );
    await endpoint.client().send(new SearchCertificatesCommand({ FilterStatement: { And: many.slice(1) } }));
  });

  test("DaysBeforeExpiry is 1 to 45", async () => {
    for (const days of [0, 46]) {
      const put = new PutAccountConfigurationCommand({
        IdempotencyToken: "t1",
        ExpiryEvents: { DaysBeforeExpiry: days },
      });
      expect((await send(put)).name).toBe("ValidationException");
    }
  });
});

describe("what belongs to others", () => {
  test("an unknown certificate: Could not find certificate <arn> in account <account>.", async () => {
    expect(await refusal(endpoint.client().send(new DescribeCertificateCommand({ CertificateArn: NOWHERE })))).toEqual({
      name: "ResourceNotFoundException",
      message: `Could not find certificate ${NOWHERE} in account 123456789012.`,
    });
  });

  test.for([
    ["another account", { account: "999999999999" }],
    ["another region", { region: "us-east-1" }],
  ] as const)("a certificate is not found from %s", async ([, owner]) => {
    const arn = await endpoint.world.request("mine.example");
    const client = endpoint.client(owner);
    for (const command of [
      new DescribeCertificateCommand({ CertificateArn: arn }),
      new ListTagsForCertificateCommand({ CertificateArn: arn }),
    ]) {
      expect((await refusal(client.send(command as DescribeCertificateCommand))).name).toBe(
        "ResourceNotFoundException",
      );
    }
  });
});
