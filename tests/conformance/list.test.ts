import {
  type CertificateFilterStatement,
  DescribeCertificateCommand,
  ImportCertificateCommand,
  ListCertificateDomainValidationsCommand,
  ListCertificatesCommand,
  type ListCertificatesCommandInput,
  paginateListCertificates,
  paginateSearchCertificates,
  RequestCertificateCommand,
  SearchCertificatesCommand,
  type SearchCertificatesCommandInput,
  SearchCertificatesSortBy,
} from "@aws-sdk/client-acm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SECOND } from "#lib/duration.ts";
import { type AcmEndpoint, acmEndpoint, refusal } from "../support/acm-endpoint.ts";
import { prove } from "../support/certificate-world.ts";
import { selfSigned } from "../support/self-signed.ts";

let endpoint: AcmEndpoint & { close(): Promise<void> };
const arns: Record<"rsa" | "ec" | "imported" | "pending", string> = { rsa: "", ec: "", imported: "", pending: "" };

beforeAll(async () => {
  endpoint = await acmEndpoint();
  const { world } = endpoint;
  const client = endpoint.client();
  const ask = async (name: string, more: object): Promise<string> => {
    world.clock.advance(SECOND);
    const input = { DomainName: name, ValidationMethod: "DNS" as const, ...more };
    return (await client.send(new RequestCertificateCommand(input))).CertificateArn ?? "";
  };
  arns.rsa = await ask("rsa.example", { SubjectAlternativeNames: ["www.rsa.example"], Options: { Export: "ENABLED" } });
  arns.ec = await ask("ec.example", { KeyAlgorithm: "EC_prime256v1" });
  for (const arn of [arns.rsa, arns.ec]) await prove(world, arn);
  await world.work();
  world.clock.advance(SECOND);
  const { certificate, privateKey } = await selfSigned({
    subject: "O=Elsewhere, CN=imported.example",
    names: ["imported.example"],
    key: "RSA-2048",
  });
  const brought = { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey) };
  arns.imported = (await client.send(new ImportCertificateCommand(brought))).CertificateArn ?? "";
  arns.pending = await ask("pending.example", {});
  await world.attach(arns.rsa);
});
afterAll(() => endpoint.close());

async function list(input: ListCertificatesCommandInput = {}): Promise<(string | undefined)[]> {
  const { CertificateSummaryList = [] } = await endpoint.client().send(new ListCertificatesCommand(input));
  return CertificateSummaryList.map(({ DomainName }) => DomainName);
}

async function search(
  FilterStatement?: CertificateFilterStatement,
  more: SearchCertificatesCommandInput = {},
): Promise<(string | undefined)[]> {
  const { Results = [] } = await endpoint.client().send(new SearchCertificatesCommand({ FilterStatement, ...more }));
  const names = new Map(Object.entries(arns).map(([name, arn]) => [arn, name]));
  return Results.map(({ CertificateArn = "" }) => names.get(CertificateArn));
}

describe("ListCertificates", () => {
  test("without key types shows RSA keys of 1024 and 2048 bits only", async () => {
    expect(await list()).toEqual(["rsa.example", "imported.example", "pending.example"]);
    expect(await list({ Includes: { keyTypes: ["EC_prime256v1"] } })).toEqual(["ec.example"]);
  });

  test("CertificateStatuses: any of them", async () => {
    expect(await list({ CertificateStatuses: ["PENDING_VALIDATION"] })).toEqual(["pending.example"]);
    expect(await list({ CertificateStatuses: ["PENDING_VALIDATION", "EXPIRED"] })).toEqual(["pending.example"]);
  });

  test("members of Includes must all hold, one element of each list suffices", async () => {
    const keyTypes = ["RSA_2048", "EC_prime256v1"] as const;
    expect(await list({ Includes: { keyTypes: [...keyTypes], keyUsage: ["KEY_ENCIPHERMENT"] } })).toEqual([
      "rsa.example",
    ]);
    expect(await list({ Includes: { keyTypes: [...keyTypes], exportOption: "ENABLED" } })).toEqual(["rsa.example"]);
    expect(await list({ Includes: { keyTypes: [...keyTypes], extendedKeyUsage: ["CODE_SIGNING"] } })).toEqual([]);
    expect(await list({ Includes: { keyTypes: [...keyTypes], managedBy: "CLOUDFRONT" } })).toEqual([]);
  });

  test("CertificateKeyPairOrigins: by default all but ACME", async () => {
    expect(await list({ CertificateKeyPairOrigins: ["CUSTOMER_PROVIDED"] })).toEqual(["imported.example"]);
    expect(await list({ CertificateKeyPairOrigins: ["ACME"] })).toEqual([]);
  });

  test("SortBy and SortOrder only together: InvalidArgsException", async () => {
    expect((await refusal(list({ SortBy: "CREATED_AT" }))).name).toBe("InvalidArgsException");
    expect((await refusal(list({ SortOrder: "ASCENDING" }))).name).toBe("InvalidArgsException");
    expect(await list({ SortBy: "CREATED_AT", SortOrder: "DESCENDING" })).toEqual([
      "pending.example",
      "imported.example",
      "rsa.example",
    ]);
  });

  test("pages one by one to the same list", async () => {
    const names: (string | undefined)[] = [];
    for await (const page of paginateListCertificates({ client: endpoint.client(), pageSize: 1 }, {})) {
      names.push(...(page.CertificateSummaryList ?? []).map(({ DomainName }) => DomainName));
    }
    expect(names).toEqual(["rsa.example", "imported.example", "pending.example"]);
  });

  test("a summary says what DescribeCertificate says, key algorithms with a hyphen", async () => {
    const { CertificateSummaryList = [] } = await endpoint.client().send(new ListCertificatesCommand({}));
    const summary = CertificateSummaryList.find(({ CertificateArn }) => CertificateArn === arns.rsa);
    expect(summary).toMatchObject({
      DomainName: "rsa.example",
      SubjectAlternativeNameSummaries: ["rsa.example", "www.rsa.example"],
      HasAdditionalSubjectAlternativeNames: false,
      Status: "ISSUED",
      Type: "AMAZON_ISSUED",
      KeyAlgorithm: "RSA-2048",
      KeyUsages: ["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"],
      ExtendedKeyUsages: ["TLS_WEB_SERVER_AUTHENTICATION"],
      ExportOption: "ENABLED",
      InUse: true,
      Exported: false,
      RenewalEligibility: "ELIGIBLE",
      CertificateKeyPairOrigin: "AWS_MANAGED",
    });
    const { Certificate } = await endpoint.client().send(new DescribeCertificateCommand({ CertificateArn: arns.rsa }));
    expect(summary?.NotAfter).toEqual(Certificate?.NotAfter);
  });

  test("an imported one has no Exported, a pending one no NotBefore and NotAfter", async () => {
    const { CertificateSummaryList = [] } = await endpoint.client().send(new ListCertificatesCommand({}));
    const of = (arn: string) => CertificateSummaryList.find(({ CertificateArn }) => CertificateArn === arn);
    expect(of(arns.imported)).not.toHaveProperty("Exported");
    expect(of(arns.pending)).not.toHaveProperty("NotBefore");
    expect(of(arns.pending)).not.toHaveProperty("NotAfter");
  });
});

describe("SearchCertificates", () => {
  test("without a filter finds all, of every key type, the latest first", async () => {
    expect(await search()).toEqual(["pending", "imported", "ec", "rsa"]);
  });

  test.for<[string, CertificateFilterStatement, string[]]>([
    ["an ARN", { Filter: { CertificateArn: "RSA" } }, ["rsa"]],
    [
      "a common name that equals",
      {
        Filter: {
          X509AttributeFilter: { Subject: { CommonName: { Value: "rsa.example", ComparisonOperator: "EQUALS" } } },
        },
      },
      ["rsa"],
    ],
    [
      "a common name that contains",
      {
        Filter: {
          X509AttributeFilter: { Subject: { CommonName: { Value: "sa.exam", ComparisonOperator: "CONTAINS" } } },
        },
      },
      ["rsa"],
    ],
    [
      "a DNS name that equals",
      {
        Filter: {
          X509AttributeFilter: {
            SubjectAlternativeName: { DnsName: { Value: "www.rsa.example", ComparisonOperator: "EQUALS" } },
          },
        },
      },
      ["rsa"],
    ],
    [
      "a DNS name that contains",
      {
        Filter: {
          X509AttributeFilter: {
            SubjectAlternativeName: { DnsName: { Value: "c.exa", ComparisonOperator: "CONTAINS" } },
          },
        },
      },
      ["ec"],
    ],
    [
      "an extended key usage",
      { Filter: { X509AttributeFilter: { ExtendedKeyUsage: "TLS_WEB_SERVER_AUTHENTICATION" } } },
      ["ec", "rsa"],
    ],
    ["a key usage", { Filter: { X509AttributeFilter: { KeyUsage: "KEY_ENCIPHERMENT" } } }, ["rsa"]],
    ["a key algorithm", { Filter: { X509AttributeFilter: { KeyAlgorithm: "EC_prime256v1" } } }, ["ec"]],
    ["a status", { Filter: { AcmCertificateMetadataFilter: { Status: "PENDING_VALIDATION" } } }, ["pending"]],
    ["a type", { Filter: { AcmCertificateMetadataFilter: { Type: "IMPORTED" } } }, ["imported"]],
    ["use", { Filter: { AcmCertificateMetadataFilter: { InUse: true } } }, ["rsa"]],
    ["no use", { Filter: { AcmCertificateMetadataFilter: { InUse: false } } }, ["pending", "imported", "ec"]],
    ["the export option", { Filter: { AcmCertificateMetadataFilter: { ExportOption: "ENABLED" } } }, ["rsa"]],
    [
      "the validation method",
      { Filter: { AcmCertificateMetadataFilter: { ValidationMethod: "DNS" } } },
      ["pending", "ec", "rsa"],
    ],
    [
      "the key's origin",
      { Filter: { AcmCertificateMetadataFilter: { CertificateKeyPairOrigin: "CUSTOMER_PROVIDED" } } },
      ["imported"],
    ],
    ["not", { Not: { Filter: { AcmCertificateMetadataFilter: { Status: "ISSUED" } } } }, ["pending"]],
    [
      "and, or, nested",
      {
        And: [
          { Filter: { AcmCertificateMetadataFilter: { Status: "ISSUED" } } },
          {
            Or: [
              { Filter: { X509AttributeFilter: { KeyAlgorithm: "EC_prime256v1" } } },
              { Not: { Filter: { AcmCertificateMetadataFilter: { Type: "AMAZON_ISSUED" } } } },
            ],
          },
        ],
      },
      ["imported", "ec"],
    ],
  ])("finds by %s", async ([, statement, expected]) => {
    const filter = JSON.parse(
      JSON.stringify(statement).replace('"RSA"', JSON.stringify(arns.rsa)),
    ) as CertificateFilterStatement;
    expect(await search(filter)).toEqual(expected);
  });

  test("finds by serial number, and by ranges that include both ends", async () => {
    const { Certificate } = await endpoint.client().send(new DescribeCertificateCommand({ CertificateArn: arns.ec }));
    const { Serial: SerialNumber = "", NotAfter = new Date(), NotBefore = new Date() } = Certificate ?? {};
    expect(await search({ Filter: { X509AttributeFilter: { SerialNumber } } })).toEqual(["ec"]);
    const after = { Filter: { X509AttributeFilter: { NotAfter: { Start: NotAfter, End: NotAfter } } } };
    expect(await search(after)).toContain("ec");
    const before = { Filter: { X509AttributeFilter: { NotBefore: { Start: NotBefore, End: NotBefore } } } };
    expect(await search(before)).toContain("ec");
    const later = { Start: new Date(NotAfter.getTime() + 1000), End: new Date(NotAfter.getTime() + 2000) };
    expect(await search({ Filter: { X509AttributeFilter: { NotAfter: later } } })).not.toContain("ec");
  });

  test("a union takes exactly one member: ValidationException", async () => {
    const both = {
      Filter: { AcmCertificateMetadataFilter: { Status: "ISSUED", Type: "IMPORTED" } },
    } as unknown as CertificateFilterStatement;
    expect((await refusal(search(both))).name).toBe("ValidationException");
    expect((await refusal(search({ Filter: {} } as unknown as CertificateFilterStatement))).name).toBe(
      "ValidationException",
    );
  });

  test.for(Object.values(SearchCertificatesSortBy))(
    "sorts by %s, the other way round in the other order",
    async (SortBy) => {
      const up = await search(undefined, { SortBy, SortOrder: "ASCENDING" });
      const down = await search(undefined, { SortBy, SortOrder: "DESCENDING" });
      expect(new Set(up)).toEqual(new Set(Object.keys(arns)));
      expect(up).toHaveLength(4);
      expect(down).toEqual(up.toReversed());
    },
  );

  test("sorts by COMMON_NAME as bytes", async () => {
    expect(await search(undefined, { SortBy: "COMMON_NAME", SortOrder: "ASCENDING" })).toEqual([
      "ec",
      "imported",
      "pending",
      "rsa",
    ]);
  });

  test("pages one by one to the same result", async () => {
    const found: (string | undefined)[] = [];
    for await (const page of paginateSearchCertificates({ client: endpoint.client(), pageSize: 1 }, {})) {
      found.push(...(page.Results ?? []).map(({ CertificateArn }) => CertificateArn));
    }
    expect(found).toEqual([arns.pending, arns.imported, arns.ec, arns.rsa]);
  });

  test("a token of another search is refused", async () => {
    const { NextToken } = await endpoint.client().send(new SearchCertificatesCommand({ MaxResults: 1 }));
    const other = { Filter: { AcmCertificateMetadataFilter: { Status: "ISSUED" as const } } };
    expect((await refusal(search(other, { NextToken }))).name).toMatch(/ValidationException|InvalidArgsException/);
  });

  test("answers names, usages and key algorithms in the model's spelling", async () => {
    const FilterStatement = { Filter: { CertificateArn: arns.rsa } };
    const { Results = [] } = await endpoint.client().send(new SearchCertificatesCommand({ FilterStatement }));
    expect(Results).toMatchObject([
      {
        CertificateArn: arns.rsa,
        X509Attributes: {
          Subject: { CommonName: "rsa.example" },
          SubjectAlternativeNames: [{ DnsName: "rsa.example" }, { DnsName: "www.rsa.example" }],
          KeyAlgorithm: "RSA_2048",
          KeyUsages: ["DIGITAL_SIGNATURE", "KEY_ENCIPHERMENT"],
          ExtendedKeyUsages: ["TLS_WEB_SERVER_AUTHENTICATION"],
        },
        CertificateMetadata: { AcmCertificateMetadata: { Status: "ISSUED", InUse: true, ExportOption: "ENABLED" } },
      },
    ]);
  });
});

describe("ListCertificateDomainValidations", () => {
  test("answers each name with its method, status and challenge, and pages", async () => {
    const input = { CertificateArn: arns.rsa, MaxItems: 1 };
    const first = await endpoint.client().send(new ListCertificateDomainValidationsCommand(input));
    expect(first.DomainValidationSummaryList).toMatchObject([
      {
        DomainName: "rsa.example",
        ActiveValidationConfiguration: {
          ValidationMethod: "DNS",
          ValidationStatus: "SUCCESS",
          ValidationChallenge: { DnsValidationChallenge: { ResourceRecord: { Type: "CNAME" } } },
        },
      },
    ]);
    const { NextToken } = first;
    const second = await endpoint.client().send(new ListCertificateDomainValidationsCommand({ ...input, NextToken }));
    expect(second.DomainValidationSummaryList?.map(({ DomainName }) => DomainName)).toEqual(["www.rsa.example"]);
    expect(second.NextToken).toBeUndefined();
  });

  test("has no RequestedValidationConfiguration while no change of method was asked for", async () => {
    const { DomainValidationSummaryList = [] } = await endpoint
      .client()
      .send(new ListCertificateDomainValidationsCommand({ CertificateArn: arns.ec }));
    expect(DomainValidationSummaryList).toHaveLength(1);
    expect(DomainValidationSummaryList[0]).not.toHaveProperty("RequestedValidationConfiguration");
  });
});
