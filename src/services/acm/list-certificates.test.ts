import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { listCertificates } from "#lifecycle/list.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld, prove } from "../../../tests/support/certificate-world.ts";
import { blob, selfSigned } from "../../../tests/support/self-signed.ts";

let store: Store;
let world: CertificateWorld;
let rsa: string;
let ec: string;
let imported: string;
beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
  rsa = await world.request("rsa.example.com", { SubjectAlternativeNames: ["*.rsa.example.com"] });
  world.clock.advance(1000);
  ec = await world.request("ec.example.com", { KeyAlgorithm: "EC_prime256v1", Options: { Export: "ENABLED" } });
  await prove(world, ec);
  await world.work();
  world.clock.advance(1000);
  const { certificate, privateKey } = await selfSigned({ names: ["imported.example.org"], key: "RSA-2048" });
  const input = { Certificate: blob(certificate), PrivateKey: blob(privateKey) };
  imported = (await world.call("ImportCertificate", input)).body.CertificateArn;
});
afterAll(() => store.destroy());

const list = (input: object = {}) => world.call("ListCertificates", input);
const arns = async (input: object = {}): Promise<string[]> =>
  (await list(input)).body.CertificateSummaryList.map(
    ({ CertificateArn }: { CertificateArn: string }) => CertificateArn,
  );
const ALL = { Includes: { keyTypes: ["RSA_2048", "EC_prime256v1"] } };

describe("ListCertificates", () => {
  test("shows RSA keys of 1024 and 2048 bits only, unless other key types are asked for", async () => {
    expect(await arns()).toEqual([rsa, imported]);
    expect(await arns(ALL)).toEqual([rsa, ec, imported]);
    expect(await arns({ Includes: { keyTypes: ["EC_prime256v1"] } })).toEqual([ec]);
  });

  test("shows what a summary has", async () => {
    const { body } = await list(ALL);
    expect(body.CertificateSummaryList[0]).toEqual({
      CertificateArn: rsa,
      DomainName: "rsa.example.com",
      SubjectAlternativeNameSummaries: ["rsa.example.com", "*.rsa.example.com"],
      HasAdditionalSubjectAlternativeNames: false,
      Status: "PENDING_VALIDATION",
      Type: "AMAZON_ISSUED",
      KeyAlgorithm: "RSA-2048",
      KeyUsages: [],
      ExtendedKeyUsages: [],
      ExportOption: "DISABLED",
      InUse: false,
      Exported: false,
      RenewalEligibility: "INELIGIBLE",
      CreatedAt: expect.any(Number),
      CertificateKeyPairOrigin: "AWS_MANAGED",
    });
    expect(body.CertificateSummaryList[2]).toMatchObject({ Type: "IMPORTED", ImportedAt: expect.any(Number) });
    expect(body.CertificateSummaryList[2]).not.toHaveProperty("Exported");
  });

  test.for<[filter: object, wanted: () => string[]]>([
    [{ CertificateStatuses: ["ISSUED"] }, () => [ec, imported]],
    [{ CertificateStatuses: ["FAILED", "PENDING_VALIDATION"] }, () => [rsa]],
    [{ CertificateKeyPairOrigins: ["CUSTOMER_PROVIDED"] }, () => [imported]],
    [{ CertificateKeyPairOrigins: ["ACME"] }, () => []],
    [{ Includes: { ...ALL.Includes, exportOption: "ENABLED" } }, () => [ec]],
    [{ Includes: { ...ALL.Includes, extendedKeyUsage: ["TLS_WEB_SERVER_AUTHENTICATION"] } }, () => [ec]],
    [{ Includes: { ...ALL.Includes, keyUsage: ["ANY", "CRL_SIGNING"] } }, () => [imported]],
    [{ Includes: { ...ALL.Includes, keyUsage: ["DIGITAL_SIGNATURE"], extendedKeyUsage: ["NONE"] } }, () => []],
    [{ Includes: { ...ALL.Includes, managedBy: "CLOUDFRONT" } }, () => []],
    [{ CertificateStatuses: [], SortBy: "CREATED_AT", SortOrder: "DESCENDING" }, () => [imported, ec, rsa]],
  ])("with %j", async ([filter, wanted]) => {
    expect(await arns({ ...ALL, ...filter })).toEqual(wanted());
  });

  test("pages without losing or repeating anything", async () => {
    const seen: string[] = [];
    let NextToken: string | undefined;
    do {
      const { body } = await list({ ...ALL, MaxItems: 1, ...(NextToken ? { NextToken } : {}) });
      seen.push(...body.CertificateSummaryList.map(({ CertificateArn }: { CertificateArn: string }) => CertificateArn));
      NextToken = body.NextToken;
    } while (NextToken);
    expect(seen).toEqual([rsa, ec, imported]);
  });

  test.for<[why: string, more: object, owner: object]>([
    ["another filter", { CertificateStatuses: ["ISSUED"] }, {}],
    ["another order", { SortBy: "CREATED_AT", SortOrder: "DESCENDING" }, {}],
    ["another region", {}, { region: "us-east-1" }],
    ["another account", {}, { account: "999999999999" }],
  ])("refuses a NextToken of %s with InvalidArgsException", async ([, more, owner]) => {
    const { NextToken } = (await list({ ...ALL, MaxItems: 1 })).body;
    const refused = await world.call("ListCertificates", { ...ALL, MaxItems: 1, NextToken, ...more }, owner);
    expect(refused).toMatchObject({ status: 400, error: "InvalidArgsException" });
  });

  test.for(["x", "AAAA", Buffer.from(`${"A".repeat(43)}.1.arn`).toString("base64url")])(
    "refuses the made-up NextToken %s with InvalidArgsException",
    async (NextToken) => {
      expect(await list({ NextToken })).toMatchObject({ status: 400, error: "InvalidArgsException" });
    },
  );

  test("takes no text for a NextToken but its own", async () => {
    await fc.assert(
      fc.asyncProperty(fc.string({ minLength: 1, maxLength: 200 }), async (pageToken) => {
        const request = { filter: {}, order: "asc", limit: 1, pageToken } as const;
        await expect(listCertificates(request, world.caller(), world.deps)).rejects.toMatchObject({
          code: "page-token-invalid",
        });
      }),
    );
  });

  test.for([{ SortBy: "CREATED_AT" }, { SortOrder: "ASCENDING" }])(
    "refuses %j alone with InvalidArgsException",
    async (input) => {
      expect(await list(input)).toMatchObject({ status: 400, error: "InvalidArgsException" });
    },
  );

  test("refuses more than 1000 items a page with ValidationException", async () => {
    expect(await list({ MaxItems: 1001 })).toMatchObject({
      error: "ValidationException",
      body: {
        message:
          "1 validation error detected: Value '1001' at 'maxItems' failed to satisfy constraint: Member must have value less than or equal to 1000",
      },
    });
  });
});
