import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld, prove } from "../../../tests/support/certificate-world.ts";

let store: Store;
let world: CertificateWorld;
beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterAll(() => store.destroy());

const now = () => world.clock.now().getTime() / 1000;
const NOWHERE = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000";

describe("DescribeCertificate", () => {
  test("shows all of a pending certificate at once, its domains in the order of the request", async () => {
    const arn = await world.request("example.com", {
      SubjectAlternativeNames: ["b.example.com", "*.example.com", "a.example.com"],
    });
    const certificate = await world.describe(arn);
    const { DomainValidationOptions, ...rest } = certificate;
    expect(rest).toEqual({
      CertificateArn: arn,
      DomainName: "example.com",
      SubjectAlternativeNames: ["example.com", "b.example.com", "*.example.com", "a.example.com"],
      Subject: "CN=example.com",
      Issuer: "Sealkeeper",
      CreatedAt: now(),
      Status: "PENDING_VALIDATION",
      KeyAlgorithm: "RSA-2048",
      SignatureAlgorithm: "SHA256WITHRSA",
      InUseBy: [],
      Type: "AMAZON_ISSUED",
      KeyUsages: [],
      ExtendedKeyUsages: [],
      RenewalEligibility: "INELIGIBLE",
      Options: { CertificateTransparencyLoggingPreference: "ENABLED", Export: "DISABLED", ValidationMethod: "DNS" },
      CertificateKeyPairOrigin: "AWS_MANAGED",
    });
    expect(DomainValidationOptions.map(({ DomainName }: { DomainName: string }) => DomainName)).toEqual(
      rest.SubjectAlternativeNames,
    );
    expect(DomainValidationOptions[2]).toEqual({
      DomainName: "*.example.com",
      ValidationDomain: "*.example.com",
      ValidationStatus: "PENDING_VALIDATION",
      ValidationMethod: "DNS",
      ResourceRecord: {
        Name: expect.stringMatching(/^_[0-9a-f]{32}\.example\.com\.$/),
        Type: "CNAME",
        Value: expect.stringMatching(/^_[0-9a-f]{32}\.[a-z]{10}\.acm-validations\.aws\.$/),
      },
    });
    const [apex, b, wildcard] = DomainValidationOptions;
    expect(wildcard.ResourceRecord).toEqual(apex.ResourceRecord); // one record proves both
    expect(b.ResourceRecord.Name).not.toBe(apex.ResourceRecord.Name);
  });

  test("shows the same record to the same account everywhere and to another account another one", async () => {
    const recordIn = async (owner: object) => {
      const { body } = await world.call(
        "RequestCertificate",
        { DomainName: "same.example.com", ValidationMethod: "DNS" },
        owner,
      );
      const described = await world.call("DescribeCertificate", body, owner);
      return described.body.Certificate.DomainValidationOptions[0].ResourceRecord;
    };
    const here = await recordIn({});
    expect(await recordIn({ region: "us-east-1" })).toEqual(here);
    expect(await recordIn({ account: "999999999999" })).not.toEqual(here);
  });

  test("shows an issued certificate in ACM's spelling", async () => {
    const arn = await world.request("www.example.com", {
      KeyAlgorithm: "EC_prime256v1",
      Options: { Export: "ENABLED" },
    });
    await prove(world, arn);
    await world.work();
    expect(await world.describe(arn)).toMatchObject({
      Status: "ISSUED",
      Serial: expect.stringMatching(/^([0-9a-f]{2}:){15}[0-9a-f]{2}$/),
      Subject: "CN=www.example.com",
      Issuer: "Sealkeeper",
      KeyAlgorithm: "EC-prime256v1",
      SignatureAlgorithm: "SHA256WITHECDSA",
      IssuedAt: now(),
      NotBefore: expect.any(Number),
      NotAfter: expect.any(Number),
      KeyUsages: [{ Name: "DIGITAL_SIGNATURE" }],
      ExtendedKeyUsages: [{ Name: "TLS_WEB_SERVER_AUTHENTICATION", OID: "1.3.6.1.5.5.7.3.1" }],
      Options: { Export: "ENABLED" },
      DomainValidationOptions: [{ ValidationStatus: "SUCCESS" }],
    });
  });

  test.for<[why: string, arn: string, error: string, message: string]>([
    [
      "an unknown certificate",
      NOWHERE,
      "ResourceNotFoundException",
      `Could not find certificate ${NOWHERE} in account 123456789012.`,
    ],
    [
      "one of another region, and says so",
      NOWHERE.replace("eu-west-1", "us-east-1"),
      "ResourceNotFoundException",
      `Could not find certificate ${NOWHERE.replace("eu-west-1", "us-east-1")} in account 123456789012. It is one of region us-east-1, and this request was made in eu-west-1.`,
    ],
    [
      "something that is no certificate",
      "arn:aws:acm:eu-west-1:123456789012:acme-endpoint/1234",
      "InvalidArnException",
      "Invalid arn: arn:aws:acm:eu-west-1:123456789012:acme-endpoint/1234",
    ],
    [
      "what is no ARN at all",
      "certificate/00000000-0000-4000-8000-000000000000",
      "ValidationException",
      "1 validation error detected: Value 'certificate/00000000-0000-4000-8000-000000000000' at 'certificateArn' failed to satisfy constraint: Member must satisfy regular expression pattern: ",
    ],
  ])("refuses %s", async ([, CertificateArn, error, message]) => {
    for (const operation of ["DescribeCertificate", "GetCertificate", "DeleteCertificate", "ListTagsForCertificate"]) {
      const refused = await world.call(operation, { CertificateArn });
      expect(refused).toMatchObject({ status: 400, error });
      expect(refused.body.message.slice(0, message.length)).toBe(message);
    }
  });
});

test("GetCertificate of a pending certificate is refused with RequestInProgressException", async () => {
  const arn = await world.request("pending.example.com");
  expect(await world.call("GetCertificate", { CertificateArn: arn })).toMatchObject({
    status: 400,
    error: "RequestInProgressException",
  });
});
