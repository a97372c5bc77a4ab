import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import { DAY, HOUR, later, MINUTE, SECOND } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld, prove } from "../../../tests/support/certificate-world.ts";
import { blob, selfSigned } from "../../../tests/support/self-signed.ts";

let store: Store;
let world: CertificateWorld;
beforeEach(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterEach(() => store.destroy());

const EC = { KeyAlgorithm: "EC_prime256v1" };
const update = (CertificateArn: string, Options: object) =>
  world.call("UpdateCertificateOptions", { CertificateArn, Options });
const toDns = (arn: string) => update(arn, { ValidationMethod: "DNS" });
const validations = async (CertificateArn: string, more: object = {}) =>
  (await world.call("ListCertificateDomainValidations", { CertificateArn, ...more })).body;

async function byDns(domain: string): Promise<CertificateArn> {
  const arn = await world.request(domain, EC);
  await prove(world, arn);
  await world.work();
  return arn;
}

async function byEmail(domain: string, ...others: string[]): Promise<CertificateArn> {
  const more = others.length > 0 ? { SubjectAlternativeNames: others } : {};
  const arn = await world.request(domain, { ...EC, ...more, ValidationMethod: "EMAIL" });
  await world.work();
  await world.approve(arn);
  await world.work();
  expect((await world.describe(arn)).Status).toBe("ISSUED");
  return arn;
}

/** Writes the CNAMEs that a change to DNS waits for; answers how to take them away. */
async function writeRecords(arn: string, count = Number.POSITIVE_INFINITY): Promise<void> {
  const { DomainValidationSummaryList } = await validations(arn);
  const records = DomainValidationSummaryList.map(
    ({ RequestedValidationConfiguration: { ValidationChallenge } }: never) =>
      (ValidationChallenge as { DnsValidationChallenge: { ResourceRecord: { Name: string; Value: string } } })
        .DnsValidationChallenge.ResourceRecord,
  ) as { Name: string; Value: string }[];
  const distinct = [...new Map(records.map((record) => [record.Name, record])).values()];
  for (const { Name, Value } of distinct.slice(0, count)) {
    const zone = await world.zone(Name.slice(Name.indexOf(".") + 1).replace(/\.$/, ""));
    await zone.put(Name, Value);
  }
}

describe("UpdateCertificateOptions", () => {
  test("with what is so already changes nothing, whatever the certificate: controllers repeat themselves", async () => {
    const issued = await byDns("same.shop.example");
    const pending = await world.request("pending.shop.example");
    const { certificate, privateKey } = await selfSigned({ names: ["www.shop.example"] });
    const brought = { Certificate: blob(certificate), PrivateKey: blob(privateKey) };
    const imported = (await world.call("ImportCertificate", brought)).body.CertificateArn;
    for (const arn of [issued, pending, imported]) {
      const before = await world.describe(arn);
      expect((await update(arn, before.Options)).status).toBe(200);
      expect((await update(arn, {})).status).toBe(200);
      expect(await world.describe(arn)).toEqual(before);
    }
  });

  test("takes the transparency preference of a public certificate, which has no effect any more", async () => {
    const arn = await byDns("logged.shop.example");
    expect((await update(arn, { CertificateTransparencyLoggingPreference: "DISABLED" })).status).toBe(200);
    expect((await world.describe(arn)).Options.CertificateTransparencyLoggingPreference).toBe("ENABLED");
  });

  test("refuses another Export with ValidationException, and another method than DNS", async () => {
    const arn = await byDns("fixed.shop.example");
    expect(await update(arn, { Export: "ENABLED" })).toMatchObject({
      error: "ValidationException",
      body: { message: "Export option for certificates cannot be updated" },
    });
    expect(await update(arn, { ValidationMethod: "EMAIL" })).toMatchObject({
      error: "ValidationException",
      body: {
        message: `The validation method can be changed from EMAIL to DNS only; that of certificate ${arn} is DNS.`,
      },
    });
    const letters = await byEmail("letters.shop.example");
    expect((await update(letters, { ValidationMethod: "HTTP" })).error).toBe("ValidationException");
  });

  test("refuses imported, private and unissued certificates with InvalidStateException", async () => {
    const { certificate, privateKey } = await selfSigned({ names: ["www.shop.example"] });
    const brought = { Certificate: blob(certificate), PrivateKey: blob(privateKey) };
    const imported = (await world.call("ImportCertificate", brought)).body.CertificateArn;
    const Options = { CertificateTransparencyLoggingPreference: "ENABLED" };
    expect(await update(imported, Options)).toMatchObject({
      error: "InvalidStateException",
      body: { message: "The UpdateCertificateOptions command is not permitted for imported certificates" },
    });
    const ca = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/00000000-0000-4000-8000-000000000000";
    const asked = { DomainName: "in.example", CertificateAuthorityArn: ca };
    const { CertificateArn } = (await world.call("RequestCertificate", asked)).body;
    expect(await toDns(CertificateArn)).toMatchObject({
      error: "InvalidStateException",
      body: { message: "The UpdateCertificateOptions command is not permitted for private certificates" },
    });
    const pending = await world.request("pending.shop.example", { ValidationMethod: "EMAIL" });
    expect((await toDns(pending)).error).toBe("InvalidStateException");
  });
});

describe("the change from e-mail to DNS validation", () => {
  test("switches when all records stand: same certificate, same ARN, DNS from then on", async () => {
    const arn = await byEmail("moves.example", "*.moves.example", "www.moves.example");
    const before = await world.describe(arn);
    expect(before.UpdateSummary).toBeUndefined();
    expect((await toDns(arn)).status).toBe(200);
    const asked = world.clock.now().getTime() / 1000;
    expect((await world.describe(arn)).UpdateSummary).toEqual({
      Type: "DOMAIN_VALIDATION_METHOD",
      Status: "PENDING_DOMAIN_VALIDATION",
      DomainValidationMethodUpdateSummary: { From: "EMAIL", To: "DNS" },
      RequestedAt: asked,
      UpdatedAt: asked,
    });
    await writeRecords(arn, 1); // one for two names; the third waits for its own
    await world.work();
    const { DomainValidationSummaryList } = await validations(arn);
    expect(
      DomainValidationSummaryList.map(
        ({ RequestedValidationConfiguration }: { RequestedValidationConfiguration: { ValidationStatus: string } }) =>
          RequestedValidationConfiguration.ValidationStatus,
      ),
    ).toEqual(["SUCCESS", "SUCCESS", "PENDING_VALIDATION"]);
    world.clock.advance(HOUR);
    await writeRecords(arn);
    await world.work();

    const after = await world.describe(arn);
    expect(after.UpdateSummary).toMatchObject({ Status: "SUCCESS", RequestedAt: asked, UpdatedAt: asked + 3600 });
    expect(after.DomainValidationOptions).toMatchObject([
      { ValidationMethod: "DNS", ValidationStatus: "SUCCESS" },
      { ValidationMethod: "DNS", ValidationStatus: "SUCCESS" },
      { ValidationMethod: "DNS", ValidationStatus: "SUCCESS" },
    ]);
    expect(after.DomainValidationOptions[0].ValidationEmails).toBeUndefined();
    expect(after).toMatchObject({
      Serial: before.Serial,
      NotAfter: before.NotAfter,
      IssuedAt: before.IssuedAt,
      Options: { ValidationMethod: "DNS" },
    });
    const [first] = (await validations(arn)).DomainValidationSummaryList;
    expect(first).not.toHaveProperty("RequestedValidationConfiguration");
    expect((await toDns(arn)).status).toBe(200); // so already
  });

  test("is refused with ConflictException while it runs", async () => {
    const arn = await byEmail("twice.example");
    await toDns(arn);
    const refused = await toDns(arn);
    expect(refused).toMatchObject({
      error: "ConflictException",
      body: { message: `The validation method of certificate ${arn} is being changed to DNS already.` },
    });
  });

  test("is FAILED after 72 hours without the records, EMAIL stays, and it may be started again", async () => {
    const arn = await byEmail("stays.example");
    await toDns(arn);
    const begin = world.clock.now();
    await world.liveUntil(later(begin, 72 * HOUR - SECOND));
    expect((await world.describe(arn)).UpdateSummary).toMatchObject({ Status: "PENDING_DOMAIN_VALIDATION" });
    await world.liveUntil(later(begin, 72 * HOUR));
    const failed = await world.describe(arn);
    expect(failed).toMatchObject({
      Status: "ISSUED",
      UpdateSummary: { Status: "FAILED", UpdatedAt: later(begin, 72 * HOUR).getTime() / 1000 },
      DomainValidationOptions: [{ ValidationMethod: "EMAIL", ValidationStatus: "SUCCESS" }],
      Options: { ValidationMethod: "EMAIL" },
    });
    expect((await validations(arn)).DomainValidationSummaryList[0]).not.toHaveProperty(
      "RequestedValidationConfiguration",
    );
    expect((await toDns(arn)).status).toBe(200);
    await writeRecords(arn);
    await world.work();
    expect((await world.describe(arn)).UpdateSummary).toMatchObject({ Status: "SUCCESS" });
  });

  test("proves a renewal that waits for letters, so that it is renewed at once", async () => {
    const arn = await byEmail("late.example");
    await world.attach(arn);
    const { NotAfter, Serial } = await world.describe(arn);
    await world.liveUntil(later(new Date(NotAfter * 1000), -44 * DAY));
    expect(await world.describe(arn)).toMatchObject({
      Serial,
      RenewalSummary: { RenewalStatus: "PENDING_VALIDATION" },
    });
    await toDns(arn);
    await writeRecords(arn);
    await world.liveUntil(later(world.clock.now(), MINUTE));
    const renewed = await world.describe(arn);
    expect(renewed).toMatchObject({
      UpdateSummary: { Status: "SUCCESS" },
      RenewalSummary: { RenewalStatus: "SUCCESS", DomainValidationOptions: [{ ValidationMethod: "DNS" }] },
    });
    expect(renewed.Serial).not.toBe(Serial);
  });

  test("ends as FAILED when the certificate expires first", async () => {
    const arn = await byEmail("ends.example");
    const { NotAfter } = await world.describe(arn);
    await world.liveUntil(later(new Date(NotAfter * 1000), -HOUR));
    await toDns(arn);
    await world.liveUntil(later(new Date(NotAfter * 1000), HOUR));
    expect(await world.describe(arn)).toMatchObject({ Status: "EXPIRED", UpdateSummary: { Status: "FAILED" } });
    await world.work();
    expect(world.failures).toEqual([]);
  });
});

describe("ListCertificateDomainValidations", () => {
  test("pages in the order of the request; a token fits its certificate only", async () => {
    const SubjectAlternativeNames = ["c.shop.example", "a.shop.example", "b.shop.example"];
    const arn = await world.request("shop.example", { SubjectAlternativeNames });
    const names: string[] = [];
    let NextToken: string | undefined;
    do {
      const page = await validations(arn, { MaxItems: 3, ...(NextToken && { NextToken }) });
      names.push(...page.DomainValidationSummaryList.map(({ DomainName }: { DomainName: string }) => DomainName));
      NextToken ??= page.NextToken;
      if (page.NextToken === undefined) break;
    } while (NextToken);
    expect(names).toEqual(["shop.example", ...SubjectAlternativeNames]);
    const other = await world.request("other.example");
    for (const input of [
      { CertificateArn: other, NextToken },
      { CertificateArn: arn, NextToken: "x" },
    ]) {
      expect((await world.call("ListCertificateDomainValidations", input)).error).toBe("InvalidArgsException");
    }
  });

  test("shows what is to be done by each method; nothing is to be done for an imported certificate", async () => {
    const dns = await world.request("dns.example");
    const [{ ResourceRecord }] = (await world.describe(dns)).DomainValidationOptions;
    expect((await validations(dns)).DomainValidationSummaryList).toEqual([
      {
        DomainName: "dns.example",
        ActiveValidationConfiguration: {
          ValidationMethod: "DNS",
          ValidationStatus: "PENDING_VALIDATION",
          ValidationChallenge: { DnsValidationChallenge: { ResourceRecord } },
        },
      },
    ]);
    const letters = await world.request("www.mail.example", {
      ValidationMethod: "EMAIL",
      DomainValidationOptions: [{ DomainName: "www.mail.example", ValidationDomain: "mail.example" }],
    });
    const [{ ActiveValidationConfiguration }] = (await validations(letters)).DomainValidationSummaryList;
    expect(ActiveValidationConfiguration).toMatchObject({
      ValidationMethod: "EMAIL",
      ValidationChallenge: {
        EmailValidationChallenge: {
          ValidationDomain: "mail.example",
          ValidationEmails: expect.arrayContaining(["admin@mail.example", "hostmaster@mail.example"]),
        },
      },
    });
    const http = await world.request("http.example", { ValidationMethod: "HTTP", ManagedBy: "CLOUDFRONT" });
    expect((await validations(http)).DomainValidationSummaryList[0].ActiveValidationConfiguration).toEqual({
      ValidationMethod: "HTTP",
      ValidationStatus: "PENDING_VALIDATION",
    });
    const { certificate, privateKey } = await selfSigned({ names: ["www.shop.example"] });
    const brought = { Certificate: blob(certificate), PrivateKey: blob(privateKey) };
    const { CertificateArn } = (await world.call("ImportCertificate", brought)).body;
    expect(await validations(CertificateArn)).toEqual({ DomainValidationSummaryList: [] });
  });

  test("is refused for what is no certificate, and for one of somebody else with ResourceNotFoundException", async () => {
    const arn = await world.request("mine.example");
    const foreign = await world.call(
      "ListCertificateDomainValidations",
      { CertificateArn: arn },
      {
        account: "999999999999" as never,
      },
    );
    expect(foreign.error).toBe("ResourceNotFoundException");
    const endpoint = "arn:aws:acm:eu-west-1:123456789012:acme-endpoint/1234";
    const wrong = await world.call("ListCertificateDomainValidations", { CertificateArn: endpoint });
    expect(wrong.error).toBe("ValidationException");
  });
});
