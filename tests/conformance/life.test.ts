import {
  AddTagsToCertificateCommand,
  type CertificateDetail,
  DescribeCertificateCommand,
  ExportCertificateCommand,
  GetAccountConfigurationCommand,
  ListCertificateDomainValidationsCommand,
  ListTagsForCertificateCommand,
  PutAccountConfigurationCommand,
  RemoveTagsFromCertificateCommand,
  RenewCertificateCommand,
  RequestCertificateCommand,
  type RequestCertificateCommandInput,
  ResendValidationEmailCommand,
  UpdateCertificateOptionsCommand,
} from "@aws-sdk/client-acm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY, HOUR, later } from "#lib/duration.ts";
import { type AcmEndpoint, acmEndpoint, refusal } from "../support/acm-endpoint.ts";
import { prove } from "../support/certificate-world.ts";

let endpoint: AcmEndpoint & { close(): Promise<void> };
beforeAll(async () => {
  endpoint = await acmEndpoint();
});
afterAll(() => endpoint.close());

const now = (): Date => endpoint.world.clock.now();

async function ask(DomainName: string, more: Partial<RequestCertificateCommandInput> = {}): Promise<string> {
  const input = { DomainName, ValidationMethod: "DNS" as const, KeyAlgorithm: "EC_prime256v1" as const, ...more };
  return (await endpoint.client().send(new RequestCertificateCommand(input))).CertificateArn ?? "";
}

async function see(CertificateArn: string): Promise<CertificateDetail> {
  return (await endpoint.client().send(new DescribeCertificateCommand({ CertificateArn }))).Certificate ?? {};
}

async function issued(name: string, more: Partial<RequestCertificateCommandInput> = {}) {
  const arn = await ask(name, more);
  const proofs = await prove(endpoint.world, arn);
  await endpoint.world.work();
  return { arn, ...proofs };
}

async function exported(name: string): Promise<string> {
  const { arn: CertificateArn } = await issued(name, { Options: { Export: "ENABLED" } });
  const input = { CertificateArn, Passphrase: Buffer.from("correct horse") };
  await endpoint.client().send(new ExportCertificateCommand(input));
  return CertificateArn;
}

describe("from e-mail to DNS", () => {
  test("UpdateSummary is PENDING_DOMAIN_VALIDATION while both configurations are listed, SUCCESS when the CNAMEs stand", async () => {
    const { world } = endpoint;
    const arn = await ask("moves.example", { ValidationMethod: "EMAIL" });
    await world.approve(arn);
    await world.work();
    const before = await see(arn);
    expect(before.Status).toBe("ISSUED");
    await endpoint
      .client()
      .send(new UpdateCertificateOptionsCommand({ CertificateArn: arn, Options: { ValidationMethod: "DNS" } }));
    expect((await see(arn)).UpdateSummary).toMatchObject({
      Type: "DOMAIN_VALIDATION_METHOD",
      Status: "PENDING_DOMAIN_VALIDATION",
    });
    const { DomainValidationSummaryList = [] } = await endpoint
      .client()
      .send(new ListCertificateDomainValidationsCommand({ CertificateArn: arn }));
    const [{ ActiveValidationConfiguration, RequestedValidationConfiguration } = {}] = DomainValidationSummaryList;
    expect(ActiveValidationConfiguration?.ValidationMethod).toBe("EMAIL");
    expect(RequestedValidationConfiguration?.ValidationMethod).toBe("DNS");
    const challenge = RequestedValidationConfiguration?.ValidationChallenge as {
      DnsValidationChallenge: { ResourceRecord: { Name: string; Value: string } };
    };
    const { Name, Value } = challenge.DnsValidationChallenge.ResourceRecord;
    const zone = await world.zone("moves.example");
    await zone.put(Name, Value);
    await world.work();
    const after = await see(arn);
    expect(after.UpdateSummary?.Status).toBe("SUCCESS");
    expect(after.DomainValidationOptions?.[0]?.ValidationMethod).toBe("DNS");
    expect(after.NotAfter).toEqual(before.NotAfter);
  });

  test("without the CNAMEs it is FAILED after 72 hours, stays EMAIL, and may be asked for again", async () => {
    const { world } = endpoint;
    const arn = await ask("stays.example", { ValidationMethod: "EMAIL" });
    await world.approve(arn);
    await world.work();
    const move = () =>
      endpoint
        .client()
        .send(new UpdateCertificateOptionsCommand({ CertificateArn: arn, Options: { ValidationMethod: "DNS" } }));
    await move();
    await world.liveUntil(later(now(), 73 * HOUR));
    const failed = await see(arn);
    expect(failed.UpdateSummary?.Status).toBe("FAILED");
    expect(failed.DomainValidationOptions?.[0]?.ValidationMethod).toBe("EMAIL");
    await move();
    expect((await see(arn)).UpdateSummary?.Status).toBe("PENDING_DOMAIN_VALIDATION");
  });
});

describe("managed renewal", () => {
  test("begins 45 days before the end: same ARN, new key, new serial, RenewalSummary SUCCESS", async () => {
    const { arn } = await issued("renews.example");
    await endpoint.world.attach(arn);
    const before = await see(arn);
    await endpoint.world.liveUntil(later(before.NotAfter ?? now(), -46 * DAY));
    expect((await see(arn)).Serial).toBe(before.Serial);
    await endpoint.world.liveUntil(later(before.NotAfter ?? now(), -44 * DAY));
    const after = await see(arn);
    expect(after.Serial).not.toBe(before.Serial);
    expect(after).toMatchObject({
      Status: "ISSUED",
      RenewalSummary: {
        RenewalStatus: "SUCCESS",
        DomainValidationOptions: [{ DomainName: "renews.example", ValidationStatus: "SUCCESS" }],
        UpdatedAt: expect.any(Date),
      },
    });
    expect(after.NotAfter?.getTime()).toBeGreaterThan(before.NotAfter?.getTime() ?? 0);
  });

  test("whose record is gone is PENDING_VALIDATION and ISSUED stays, until the record is back", async () => {
    const { arn, ...proofs } = await issued("gone.example");
    await endpoint.world.attach(arn);
    const { NotAfter = now() } = await see(arn);
    await proofs.withdraw();
    await endpoint.world.liveUntil(later(NotAfter, -30 * DAY));
    expect(await see(arn)).toMatchObject({ Status: "ISSUED", RenewalSummary: { RenewalStatus: "PENDING_VALIDATION" } });
    await proofs.restore();
    await endpoint.world.liveUntil(later(now(), HOUR));
    expect((await see(arn)).RenewalSummary?.RenewalStatus).toBe("SUCCESS");
  });

  test("that never validates is FAILED at the end of the certificate, not before", async () => {
    const { arn, ...proofs } = await issued("lost.example");
    await endpoint.world.attach(arn);
    const { NotAfter = now() } = await see(arn);
    await proofs.withdraw();
    await endpoint.world.liveUntil(later(NotAfter, -HOUR));
    expect((await see(arn)).RenewalSummary?.RenewalStatus).not.toBe("FAILED");
    await endpoint.world.liveUntil(later(NotAfter, HOUR));
    expect(await see(arn)).toMatchObject({ Status: "EXPIRED", RenewalSummary: { RenewalStatus: "FAILED" } });
  });

  test("is for what is in use or was exported; and an export counts once for each issue", async () => {
    const arn = await exported("once.example");
    const { NotAfter = now() } = await see(arn);
    await endpoint.world.liveUntil(later(NotAfter, -30 * DAY));
    const renewed = await see(arn);
    expect(renewed.RenewalSummary?.RenewalStatus).toBe("SUCCESS");
    expect(renewed.RenewalEligibility).toBe("INELIGIBLE");
  });
});

describe("RenewCertificate", () => {
  const renew = (CertificateArn: string) => endpoint.client().send(new RenewCertificateCommand({ CertificateArn }));

  test("renews an exported certificate at once: PENDING_AUTO_RENEWAL, then SUCCESS", async () => {
    const arn = await exported("asked.example");
    const before = await see(arn);
    await renew(arn);
    expect((await see(arn)).RenewalSummary?.RenewalStatus).toBe("PENDING_AUTO_RENEWAL");
    await endpoint.world.work();
    const after = await see(arn);
    expect(after.RenewalSummary?.RenewalStatus).toBe("SUCCESS");
    expect(after.Serial).not.toBe(before.Serial);
  });

  test("of what was never exported: ValidationException", async () => {
    const { arn } = await issued("not-exported.example");
    expect((await refusal(renew(arn))).name).toBe("ValidationException");
  });

  test("before the first issue: RequestInProgressException", async () => {
    expect((await refusal(renew(await ask("not-issued.example")))).name).toBe("RequestInProgressException");
  });
});

describe("UpdateCertificateOptions", () => {
  const update = (CertificateArn: string, Options: object) =>
    endpoint.client().send(new UpdateCertificateOptionsCommand({ CertificateArn, Options }));

  test("cannot change Export: ValidationException", async () => {
    const { arn } = await issued("export.example");
    expect(await refusal(update(arn, { Export: "ENABLED" }))).toEqual({
      name: "ValidationException",
      message: "Export option for certificates cannot be updated",
    });
  });

  test("with what is already so changes nothing", async () => {
    const { arn } = await issued("same.example");
    await update(arn, { Export: "DISABLED" });
    await update(arn, { ValidationMethod: "DNS" });
    expect(await see(arn)).not.toHaveProperty("UpdateSummary");
  });

  test("of a certificate that is not ISSUED: InvalidStateException", async () => {
    const arn = await ask("early.example");
    const Options = { CertificateTransparencyLoggingPreference: "DISABLED" };
    expect((await refusal(update(arn, Options))).name).toBe("InvalidStateException");
  });

  test("from DNS to EMAIL is impossible", async () => {
    const { arn } = await issued("back.example");
    expect((await refusal(update(arn, { ValidationMethod: "EMAIL" }))).name).toMatch(
      /ValidationException|InvalidParameterException|InvalidStateException/,
    );
    expect((await see(arn)).DomainValidationOptions?.[0]?.ValidationMethod).toBe("DNS");
  });
});

describe("ResendValidationEmail", () => {
  const resend = (CertificateArn: string, Domain: string, ValidationDomain = Domain) =>
    endpoint.client().send(new ResendValidationEmailCommand({ CertificateArn, Domain, ValidationDomain }));

  test("of a certificate that is validated by DNS: InvalidStateException", async () => {
    expect((await refusal(resend(await ask("by-dns.example"), "by-dns.example"))).name).toBe("InvalidStateException");
  });

  test("for a name that is not in the certificate: InvalidDomainValidationOptionsException", async () => {
    const arn = await ask("letters.example", { ValidationMethod: "EMAIL" });
    expect((await refusal(resend(arn, "other.example"))).name).toBe("InvalidDomainValidationOptionsException");
  });

  test("to a domain that is not above the name: InvalidDomainValidationOptionsException", async () => {
    const arn = await ask("a.letters.example", { ValidationMethod: "EMAIL" });
    expect((await refusal(resend(arn, "a.letters.example", "b.letters.example"))).name).toBe(
      "InvalidDomainValidationOptionsException",
    );
  });

  test("to a domain above the name: its addresses are asked from then on", async () => {
    const arn = await ask("deep.letters.example", { ValidationMethod: "EMAIL" });
    await resend(arn, "deep.letters.example", "letters.example");
    const { DomainValidationOptions = [] } = await see(arn);
    expect(DomainValidationOptions[0]).toMatchObject({ ValidationDomain: "letters.example" });
    expect(DomainValidationOptions[0]?.ValidationEmails).toContain("hostmaster@letters.example");
  });
});

describe("tags of a certificate", () => {
  const add = (CertificateArn: string, Tags: { Key: string; Value?: string }[]) =>
    endpoint.client().send(new AddTagsToCertificateCommand({ CertificateArn, Tags }));
  const remove = (CertificateArn: string, Tags: { Key: string; Value?: string }[]) =>
    endpoint.client().send(new RemoveTagsFromCertificateCommand({ CertificateArn, Tags }));
  const list = async (CertificateArn: string) =>
    (await endpoint.client().send(new ListTagsForCertificateCommand({ CertificateArn }))).Tags;

  test("adding overwrites the value of a key", async () => {
    const arn = await ask("t1.example");
    await add(arn, [{ Key: "stage", Value: "test" }]);
    await add(arn, [{ Key: "stage", Value: "prod" }]);
    expect(await list(arn)).toEqual([{ Key: "stage", Value: "prod" }]);
  });

  test("removing with a value needs that value, without one it needs none", async () => {
    const arn = await ask("t2.example");
    await add(arn, [
      { Key: "a", Value: "1" },
      { Key: "b", Value: "2" },
    ]);
    await remove(arn, [{ Key: "a", Value: "other" }, { Key: "b" }]);
    expect(await list(arn)).toEqual([{ Key: "a", Value: "1" }]);
    await remove(arn, [{ Key: "a", Value: "1" }, { Key: "never there" }]);
    expect(await list(arn)).toEqual([]);
  });

  test("a tag without a value is listed without one", async () => {
    const arn = await ask("t3.example");
    await add(arn, [{ Key: "bare" }]);
    expect(await list(arn)).toEqual([{ Key: "bare" }]);
  });

  test("more than fifty after merging: TooManyTagsException", async () => {
    const arn = await ask("t4.example");
    await add(
      arn,
      Array.from({ length: 50 }, (_, index) => ({ Key: `k${index}`, Value: "v" })),
    );
    expect((await refusal(add(arn, [{ Key: "one more", Value: "v" }]))).name).toBe("TooManyTagsException");
    await add(arn, [{ Key: "k0", Value: "changed" }]);
  });

  test("keys that begin with aws: are AWS's", async () => {
    const arn = await ask("t5.example");
    expect((await refusal(add(arn, [{ Key: "aws:x", Value: "v" }]))).name).toMatch(
      /ValidationException|InvalidTagException/,
    );
  });
});

describe("the account configuration", () => {
  const owner = { account: "222222222222" };
  const put = (IdempotencyToken: string, DaysBeforeExpiry?: number) =>
    endpoint.client(owner).send(
      new PutAccountConfigurationCommand({
        IdempotencyToken,
        ExpiryEvents: DaysBeforeExpiry === undefined ? undefined : { DaysBeforeExpiry },
      }),
    );
  const get = async () =>
    (await endpoint.client(owner).send(new GetAccountConfigurationCommand({}))).ExpiryEvents?.DaysBeforeExpiry;

  test("is 45 days until something else is put", async () => {
    expect(await get()).toBe(45);
    await put("first", 10);
    expect(await get()).toBe(10);
  });

  test("a token within its hour is ignored when repeated, and refused with other values: ConflictException", async () => {
    await put("second", 20);
    await put("third", 30);
    await put("second", 20);
    expect(await get()).toBe(30);
    expect((await refusal(put("third", 31))).name).toBe("ConflictException");
  });

  test("without ExpiryEvents: Configuration for events is empty.", async () => {
    expect(await refusal(put("fourth"))).toEqual({
      name: "ValidationException",
      message: "Configuration for events is empty.",
    });
  });

  test("is each region's own", async () => {
    const elsewhere = endpoint.client({ ...owner, region: "us-east-1" });
    expect((await elsewhere.send(new GetAccountConfigurationCommand({}))).ExpiryEvents?.DaysBeforeExpiry).toBe(45);
  });
});
