import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { SECOND } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld, prove } from "../../../tests/support/certificate-world.ts";
import { blob, selfSigned } from "../../../tests/support/self-signed.ts";

let store: Store;
let world: CertificateWorld;
const arns: Record<string, string> = {};

beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
  const ask = async (domain: string, more: object): Promise<string> => {
    world.clock.advance(SECOND);
    return await world.request(domain, more);
  };
  arns["rsa"] = await ask("rsa.example", { SubjectAlternativeNames: ["www.rsa.example", "*.rsa.example"] });
  arns["ec"] = await ask("ec.example", { KeyAlgorithm: "EC_prime256v1", Options: { Export: "ENABLED" } });
  for (const arn of [arns["rsa"], arns["ec"]]) await prove(world, arn);
  await world.work();
  world.clock.advance(SECOND);
  const { certificate, privateKey } = await selfSigned({
    subject: "C=AU, ST=Some-State, O=Example, OU=Web, DC=example, DC=org, CN=Brought.Example",
    names: ["brought.example"],
  });
  const brought = { Certificate: blob(certificate), PrivateKey: blob(privateKey) };
  arns["imported"] = (await world.call("ImportCertificate", brought)).body.CertificateArn;
  arns["pending"] = await ask("100-percent.example", {});
  await world.attach(arns["rsa"] ?? "");
});
afterAll(() => store.destroy());

const nameOf = (arn: string): string | undefined => Object.entries(arns).find(([, known]) => known === arn)?.[0];

async function find(FilterStatement?: object, more: object = {}): Promise<readonly (string | undefined)[]> {
  const { body, error } = await world.call("SearchCertificates", { FilterStatement, ...more });
  if (error !== undefined) throw new Error(`${error}: ${body.message}`);
  return body.Results.map(({ CertificateArn }: { CertificateArn: string }) => nameOf(CertificateArn));
}

const x509 = (filter: object) => ({ Filter: { X509AttributeFilter: filter } });
const metadata = (filter: object) => ({ Filter: { AcmCertificateMetadataFilter: filter } });
const commonName = (Value: string, ComparisonOperator = "EQUALS") =>
  x509({ Subject: { CommonName: { Value, ComparisonOperator } } });
const dnsName = (Value: string, ComparisonOperator = "EQUALS") =>
  x509({ SubjectAlternativeName: { DnsName: { Value, ComparisonOperator } } });

describe("SearchCertificates", () => {
  test.for<[filter: object, wanted: readonly string[]]>([
    [commonName("rsa.example"), ["rsa"]],
    [commonName("RSA.Example"), ["rsa"]],
    [commonName("rsa"), []],
    [commonName("brought.example"), ["imported"]],
    [commonName("a.example", "CONTAINS"), ["rsa"]],
    [commonName("100_percent", "CONTAINS"), []],
    [commonName("%", "CONTAINS"), []],
    [commonName("\\", "CONTAINS"), []],
    [dnsName("www.rsa.example"), ["rsa"]],
    [dnsName("*.rsa.example"), ["rsa"]],
    [dnsName("WWW.", "CONTAINS"), ["rsa"]],
    [dnsName('example","www', "CONTAINS"), []],
    [dnsName("[", "CONTAINS"), []],
    [dnsName("ww_.rsa.example"), []],
    [x509({ KeyUsage: "KEY_ENCIPHERMENT" }), ["rsa"]],
    [x509({ ExtendedKeyUsage: "TLS_WEB_SERVER_AUTHENTICATION" }), ["ec", "rsa"]],
    [x509({ SerialNumber: "01:02" }), []],
    [x509({ NotAfter: { Start: 0 } }), ["imported", "ec", "rsa"]],
    [x509({ NotAfter: { End: 0 } }), []],
    [metadata({ Status: "PENDING_VALIDATION" }), ["pending"]],
    [metadata({ Status: "ISSUED" }), ["imported", "ec", "rsa"]],
    [metadata({ RenewalStatus: "SUCCESS" }), []],
    [metadata({ Type: "IMPORTED" }), ["imported"]],
    [metadata({ InUse: true }), ["rsa"]],
    [metadata({ InUse: false }), ["pending", "imported", "ec"]],
    [metadata({ Exported: true }), []],
    [metadata({ Exported: false }), ["pending", "imported", "ec", "rsa"]],
    [metadata({ ExportOption: "ENABLED" }), ["ec"]],
    [metadata({ ManagedBy: "CLOUDFRONT" }), []],
    [{ Not: metadata({ ManagedBy: "CLOUDFRONT" }) }, ["pending", "imported", "ec", "rsa"]],
    [{ Not: metadata({ ValidationMethod: "DNS" }) }, ["imported"]],
    [{ Not: x509({ NotAfter: { Start: 0 } }) }, ["pending"]],
    [{ Not: commonName("x") }, ["pending", "imported", "ec", "rsa"]],
    [{ Not: { Not: metadata({ InUse: true }) } }, ["rsa"]],
    [metadata({ CertificateKeyPairOrigin: "CUSTOMER_PROVIDED" }), ["imported"]],
    [metadata({ AcmeAccountId: "nobody" }), []],
    [{ Or: [metadata({ InUse: true }), metadata({ Type: "IMPORTED" })] }, ["imported", "rsa"]],
    [{ And: [metadata({ Type: "AMAZON_ISSUED" }), { Not: metadata({ InUse: true }) }] }, ["pending", "ec"]],
    [{ And: [metadata({ Status: "PENDING_VALIDATION" }), metadata({ Type: "IMPORTED" })] }, []],
  ])("%j finds %j", async ([filter, wanted]) => {
    expect(await find(filter)).toEqual(wanted);
  });

  test("finds by ARN and by serial number", async () => {
    expect(await find({ Filter: { CertificateArn: arns["ec"] } })).toEqual(["ec"]);
    const { Serial } = await world.describe(arns["imported"] ?? "");
    expect(await find(x509({ SerialNumber: Serial }))).toEqual(["imported"]);
  });

  test("a range holds both of its ends", async () => {
    const { NotBefore, NotAfter } = await world.describe(arns["ec"] ?? "");
    expect(await find(x509({ NotAfter: { Start: NotAfter, End: NotAfter } }))).toEqual(["ec", "rsa"]);
    expect(await find(x509({ NotBefore: { Start: NotBefore, End: NotBefore } }))).toEqual(["ec", "rsa"]);
    expect(await find(x509({ NotBefore: { Start: NotBefore + 1, End: NotAfter } }))).not.toContain("ec");
  });

  test("answers distinguished names, alternative names and what ACM knows of it", async () => {
    const { body } = await world.call("SearchCertificates", { FilterStatement: metadata({ Type: "IMPORTED" }) });
    const { Serial, NotAfter, NotBefore, CreatedAt } = await world.describe(arns["imported"] ?? "");
    const name = {
      Country: "AU",
      State: "Some-State",
      Organization: "Example",
      OrganizationalUnit: "Web",
      CommonName: "Brought.Example",
      DomainComponents: ["example", "org"],
    };
    expect(body).toEqual({
      Results: [
        {
          CertificateArn: arns["imported"],
          X509Attributes: {
            Issuer: name,
            Subject: name,
            SubjectAlternativeNames: [{ DnsName: "brought.example" }],
            ExtendedKeyUsages: ["NONE"],
            KeyAlgorithm: "EC_prime256v1",
            KeyUsages: ["ANY"],
            SerialNumber: Serial,
            NotAfter,
            NotBefore,
          },
          CertificateMetadata: {
            AcmCertificateMetadata: {
              CreatedAt,
              ImportedAt: CreatedAt,
              InUse: false,
              RenewalEligibility: "INELIGIBLE",
              Status: "ISSUED",
              Type: "IMPORTED",
              ExportOption: "DISABLED",
              CertificateKeyPairOrigin: "CUSTOMER_PROVIDED",
            },
          },
        },
      ],
    });
  });

  test.for<[why: string, input: object, message: string]>([
    [
      "a union with two members",
      { FilterStatement: metadata({ Status: "ISSUED", Type: "IMPORTED" }) },
      "1 validation error detected: Value at 'filterStatement.filter.acmCertificateMetadataFilter' failed to satisfy constraint: Member must have exactly one member set",
    ],
    [
      "a union without a member",
      { FilterStatement: {} },
      "1 validation error detected: Value at 'filterStatement' failed to satisfy constraint: Member must have exactly one member set",
    ],
    [
      "a list of sixteen",
      { FilterStatement: { Or: Array.from({ length: 16 }, () => commonName("x")) } },
      "1 validation error detected: Value at 'filterStatement.or' failed to satisfy constraint: Member must have length less than or equal to 15",
    ],
    [
      "a list of none",
      { FilterStatement: { And: [] } },
      "1 validation error detected: Value '[]' at 'filterStatement.and' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    [
      "an unknown comparison",
      { FilterStatement: commonName("x", "BEGINS_WITH") },
      "1 validation error detected: Value 'BEGINS_WITH' at 'filterStatement.filter.x509AttributeFilter.subject.commonName.comparisonOperator' failed to satisfy constraint: Member must satisfy enum value set: [",
    ],
    [
      "an empty text",
      { FilterStatement: dnsName("") },
      "1 validation error detected: Value '' at 'filterStatement.filter.x509AttributeFilter.subjectAlternativeName.dnsName.value' failed to satisfy constraint: Member must have length greater than or equal to 1",
    ],
    ["a range without ends", { FilterStatement: x509({ NotAfter: {} }) }, "NotAfter needs a Start, an End, or both."],
    [
      "a range that ends before it starts",
      { FilterStatement: x509({ NotBefore: { Start: 2, End: 1 } }) },
      "NotBefore ends before it starts.",
    ],
    [
      "statements nested eleven deep",
      { FilterStatement: Array.from({ length: 10 }).reduce<object>((inside) => ({ Not: inside }), commonName("x")) },
      "FilterStatement holds more than 100 filters",
    ],
    [
      "more than 100 filters",
      {
        FilterStatement: {
          Or: Array.from({ length: 15 }, () => ({ Or: Array.from({ length: 7 }, () => commonName("x")) })),
        },
      },
      "FilterStatement holds more than 100 filters",
    ],
    ["a token of nobody", { NextToken: "abc" }, "The NextToken is not one that was answered for this search"],
    [
      "an unknown sort key",
      { SortBy: "COLOUR" },
      "1 validation error detected: Value 'COLOUR' at 'sortBy' failed to satisfy constraint: Member must satisfy enum value set: [",
    ],
  ])("refuses %s with ValidationException", async ([, input, message]) => {
    const refused = await world.call("SearchCertificates", input);
    expect(refused).toMatchObject({ status: 400, error: "ValidationException" });
    expect(refused.body.message.slice(0, message.length)).toBe(message);
  });

  test("refuses what is nested without end with SerializationException, and goes on", async () => {
    const endless = `${'{"Not":'.repeat(3_000)}{}${"}".repeat(3_000)}`;
    const refused = await world.call("SearchCertificates", { FilterStatement: JSON.parse(endless) }).catch(String);
    expect(refused).toMatchObject({ status: 400, error: "SerializationException" });
    expect(await find()).toHaveLength(4);
  });

  test("whatever is asked is answered, or refused with a reason", async () => {
    const text = fc.string({ maxLength: 300 });
    const match = fc.record({ Value: text, ComparisonOperator: fc.constantFrom("CONTAINS", "EQUALS", "LIKE") });
    const time = fc.double({ noNaN: true, min: -1e13, max: 1e13 });
    const range = fc.record({ Start: time, End: time }, { requiredKeys: [] });
    const { statement } = fc.letrec((tie) => ({
      leaf: fc.oneof(
        match.map((CommonName) => x509({ Subject: { CommonName } })),
        match.map((DnsName) => x509({ SubjectAlternativeName: { DnsName } })),
        range.map((NotAfter) => x509({ NotAfter })),
        text.map((SerialNumber) => x509({ SerialNumber })),
        fc.constantFrom("ISSUED", "LOST").map((Status) => metadata({ Status })),
        fc.boolean().map((InUse) => metadata({ InUse })),
        text.map((AcmeAccountId) => metadata({ AcmeAccountId })),
        fc.constantFrom(metadata({}), x509({}), { Filter: {} }, {}, { And: [], Or: [] }, { Not: null }),
      ),
      statement: fc.oneof(
        { depthSize: "small" },
        tie("leaf"),
        tie("statement").map((Not) => ({ Not })),
        fc.array(tie("statement"), { maxLength: 4 }).map((And) => ({ And })),
        fc.array(tie("statement"), { maxLength: 4 }).map((Or) => ({ Or })),
      ),
    }));
    const input = fc.record(
      {
        FilterStatement: statement,
        SortBy: fc.constantFrom("STATUS", "NOT_AFTER", "NOTHING"),
        SortOrder: fc.constantFrom("ASCENDING", "DESCENDING"),
        NextToken: text,
      },
      { requiredKeys: ["FilterStatement"] },
    );
    await fc.assert(
      fc.asyncProperty(input, async (asked) => {
        const { status, error } = await world.call("SearchCertificates", asked);
        expect([undefined, "ValidationException", "SerializationException"]).toContain(error);
        expect(status).toBe(error === undefined ? 200 : 400);
      }),
      { numRuns: 200 },
    );
  });

  test("a token fits its own search only: not another filter, order, account or region", async () => {
    const { body } = await world.call("SearchCertificates", { MaxResults: 1 });
    const NextToken = body.NextToken;
    expect(await find(undefined, { NextToken })).toEqual(["imported", "ec", "rsa"]);
    for (const other of [
      { FilterStatement: metadata({ InUse: true }) },
      { SortBy: "STATUS" },
      { SortOrder: "ASCENDING" },
    ]) {
      expect((await world.call("SearchCertificates", { NextToken, ...other })).error).toBe("ValidationException");
    }
    for (const owner of [{ region: "us-east-1" as never }, { account: "999999999999" as never }]) {
      expect((await world.call("SearchCertificates", { NextToken }, owner)).error).toBe("ValidationException");
      expect((await world.call("SearchCertificates", {}, owner)).body.Results).toEqual([]);
    }
  });
});
