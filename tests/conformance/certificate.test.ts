import {
  type CertificateDetail,
  DeleteCertificateCommand,
  DescribeCertificateCommand,
  ExportCertificateCommand,
  RequestCertificateCommand,
  type RequestCertificateCommandInput,
  RevokeCertificateCommand,
} from "@aws-sdk/client-acm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY, SECOND } from "#lib/duration.ts";
import { type AcmEndpoint, acmEndpoint, refusal } from "../support/acm-endpoint.ts";
import { prove } from "../support/certificate-world.ts";

let endpoint: AcmEndpoint & { close(): Promise<void> };
beforeAll(async () => {
  endpoint = await acmEndpoint();
});
afterAll(() => endpoint.close());

async function ask(DomainName: string, more: Partial<RequestCertificateCommandInput> = {}): Promise<string> {
  const input = { DomainName, ValidationMethod: "DNS" as const, KeyAlgorithm: "EC_prime256v1" as const, ...more };
  return (await endpoint.client().send(new RequestCertificateCommand(input))).CertificateArn ?? "";
}

async function see(CertificateArn: string): Promise<CertificateDetail> {
  return (await endpoint.client().send(new DescribeCertificateCommand({ CertificateArn }))).Certificate ?? {};
}

async function issued(name: string, more: Partial<RequestCertificateCommandInput> = {}): Promise<string> {
  const arn = await ask(name, more);
  await prove(endpoint.world, arn);
  await endpoint.world.work();
  return arn;
}

const passphrase = { Passphrase: Buffer.from("correct horse") };

describe("a pending certificate", () => {
  test("is described whole at once: no field comes later that could come now", async () => {
    const certificate = await see(await ask("whole.example"));
    expect(Object.keys(certificate).sort()).toEqual(
      expect.arrayContaining([
        "CertificateArn",
        "CertificateKeyPairOrigin",
        "CreatedAt",
        "DomainName",
        "DomainValidationOptions",
        "ExtendedKeyUsages",
        "InUseBy",
        "Issuer",
        "KeyAlgorithm",
        "KeyUsages",
        "Options",
        "RenewalEligibility",
        "SignatureAlgorithm",
        "Status",
        "Subject",
        "SubjectAlternativeNames",
        "Type",
      ]),
    );
  });

  test.for([
    "Serial",
    "NotBefore",
    "NotAfter",
    "IssuedAt",
    "ImportedAt",
    "RenewalSummary",
    "FailureReason",
    "RevokedAt",
    "UpdateSummary",
  ])("has no %s", async (member) => {
    expect(await see(await ask(`no-${member.toLowerCase()}.example`))).not.toHaveProperty(member);
  });

  test("is AMAZON_ISSUED, INELIGIBLE for renewal, used by nobody, its key AWS_MANAGED", async () => {
    expect(await see(await ask("facts.example"))).toMatchObject({
      Type: "AMAZON_ISSUED",
      Status: "PENDING_VALIDATION",
      RenewalEligibility: "INELIGIBLE",
      InUseBy: [],
      CertificateKeyPairOrigin: "AWS_MANAGED",
      Subject: "CN=facts.example",
    });
  });

  test("has one validation option for each name, in the order of the request", async () => {
    const names = ["d.example", "b.example", "*.b.example", "a.example"] as const;
    const { DomainValidationOptions = [] } = await see(
      await ask(names[0], { SubjectAlternativeNames: names.slice(1) }),
    );
    expect(DomainValidationOptions.map(({ DomainName }) => DomainName)).toEqual(names);
  });

  test("keeps the *. of a wildcard in its ValidationDomain", async () => {
    const { DomainValidationOptions } = await see(await ask("*.wild.example"));
    expect(DomainValidationOptions).toMatchObject([
      { DomainName: "*.wild.example", ValidationDomain: "*.wild.example" },
    ]);
  });

  test("by DNS has a CNAME and no addresses; by e-mail five addresses and no record", async () => {
    const [dns] = (await see(await ask("dns.example"))).DomainValidationOptions ?? [];
    expect(dns?.ResourceRecord?.Type).toBe("CNAME");
    expect(dns?.ValidationEmails ?? []).toEqual([]);
    const [mail] =
      (await see(await ask("www.mail.example", { ValidationMethod: "EMAIL" }))).DomainValidationOptions ?? [];
    expect(mail?.ResourceRecord).toBeUndefined();
    expect(new Set(mail?.ValidationEmails)).toEqual(
      new Set(["administrator", "hostmaster", "postmaster", "webmaster", "admin"].map((who) => `${who}@mail.example`)),
    );
  });

  test("can be deleted", async () => {
    const CertificateArn = await ask("unwanted.example");
    await endpoint.client().send(new DeleteCertificateCommand({ CertificateArn }));
    expect((await refusal(see(CertificateArn))).name).toBe("ResourceNotFoundException");
  });
});

describe("an issued certificate", () => {
  test("has Serial in pairs, NotBefore, NotAfter and IssuedAt, and its validations are SUCCESS", async () => {
    const certificate = await see(await issued("issued.example"));
    expect(certificate.Serial).toMatch(/^[0-9a-f]{2}(:[0-9a-f]{2}){7,19}$/);
    expect(certificate.IssuedAt).toEqual(endpoint.world.clock.now());
    expect(certificate.NotBefore?.getTime()).toBeLessThanOrEqual(endpoint.world.clock.now().getTime());
    expect(certificate.DomainValidationOptions).toMatchObject([{ ValidationStatus: "SUCCESS" }]);
    expect(certificate).not.toHaveProperty("ImportedAt");
    expect(certificate).not.toHaveProperty("RenewalSummary");
  });

  test("lives 198 days", async () => {
    const { NotBefore, NotAfter } = await see(await issued("life.example"));
    const life = (NotAfter?.getTime() ?? 0) - (NotBefore?.getTime() ?? 0);
    expect(Math.round((life + SECOND) / DAY)).toBe(198);
  });

  test("of an RSA key may encipher keys; of an EC key it only signs; both serve TLS and nothing else", async () => {
    const rsa = await see(await issued("usage-rsa.example", { KeyAlgorithm: "RSA_2048" }));
    expect(rsa.KeyUsages).toEqual([{ Name: "DIGITAL_SIGNATURE" }, { Name: "KEY_ENCIPHERMENT" }]);
    expect(rsa.SignatureAlgorithm).toBe("SHA256WITHRSA");
    const ec = await see(await issued("usage-ec.example"));
    expect(ec.KeyUsages).toEqual([{ Name: "DIGITAL_SIGNATURE" }]);
    expect(ec.SignatureAlgorithm).toBe("SHA256WITHECDSA");
    const serverAuth = [{ Name: "TLS_WEB_SERVER_AUTHENTICATION", OID: "1.3.6.1.5.5.7.3.1" }];
    expect([rsa.ExtendedKeyUsages, ec.ExtendedKeyUsages]).toEqual([serverAuth, serverAuth]);
  });

  test("shows transparency logging as ENABLED whatever was asked", async () => {
    const Options = { CertificateTransparencyLoggingPreference: "DISABLED" as const };
    expect((await see(await issued("ct.example", { Options }))).Options).toMatchObject({
      CertificateTransparencyLoggingPreference: "ENABLED",
      Export: "DISABLED",
    });
  });

  test("is ELIGIBLE for renewal while somebody uses it", async () => {
    const arn = await issued("used.example");
    expect((await see(arn)).RenewalEligibility).toBe("INELIGIBLE");
    await endpoint.world.attach(arn);
    expect(await see(arn)).toMatchObject({
      RenewalEligibility: "ELIGIBLE",
      InUseBy: [expect.stringContaining("loadbalancer")],
    });
    await endpoint.world.detach(arn as never);
    expect(await see(arn)).toMatchObject({ RenewalEligibility: "INELIGIBLE", InUseBy: [] });
  });

  test("in use cannot be deleted: Certificate <arn> in account <account> is in use.", async () => {
    const CertificateArn = await issued("held.example");
    await endpoint.world.attach(CertificateArn);
    const { name, message } = await refusal(endpoint.client().send(new DeleteCertificateCommand({ CertificateArn })));
    expect(name).toBe("ResourceInUseException");
    expect(message).toContain(`Certificate ${CertificateArn} in account 123456789012 is in use.`);
    await endpoint.world.detach(CertificateArn as never);
    await endpoint.client().send(new DeleteCertificateCommand({ CertificateArn }));
  });

  test("that nobody uses expires: EXPIRED, and no longer eligible", async () => {
    const arn = await issued("expires.example");
    const { NotAfter } = await see(arn);
    await endpoint.world.liveUntil(new Date((NotAfter?.getTime() ?? 0) + SECOND));
    expect(await see(arn)).toMatchObject({ Status: "EXPIRED", RenewalEligibility: "INELIGIBLE" });
  });
});

describe("ExportCertificate", () => {
  test("of a certificate that was not requested as exportable: ValidationException", async () => {
    const CertificateArn = await issued("kept.example");
    expect(
      await refusal(endpoint.client().send(new ExportCertificateCommand({ CertificateArn, ...passphrase }))),
    ).toMatchObject({
      name: "ValidationException",
      message: expect.stringContaining(CertificateArn),
    });
  });

  test("before the first issue: RequestInProgressException", async () => {
    const CertificateArn = await ask("soon.example", { Options: { Export: "ENABLED" } });
    expect(
      (await refusal(endpoint.client().send(new ExportCertificateCommand({ CertificateArn, ...passphrase })))).name,
    ).toBe("RequestInProgressException");
  });

  test("answers certificate, chain and the key as ENCRYPTED PRIVATE KEY, and makes it ELIGIBLE for renewal", async () => {
    const CertificateArn = await issued("given.example", { Options: { Export: "ENABLED" } });
    expect((await see(CertificateArn)).RenewalEligibility).toBe("INELIGIBLE");
    const exported = await endpoint.client().send(new ExportCertificateCommand({ CertificateArn, ...passphrase }));
    expect(exported.Certificate).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(exported.CertificateChain).toMatch(/^-----BEGIN CERTIFICATE-----\n/);
    expect(exported.PrivateKey).toMatch(/^-----BEGIN ENCRYPTED PRIVATE KEY-----\n/);
    expect((await see(CertificateArn)).RenewalEligibility).toBe("ELIGIBLE");
  });

  test.for(["abc", "four#", "dollar$", "per%cent", "ümlaut"])(
    "a passphrase of %s is refused: ValidationException",
    async (text) => {
      const CertificateArn = await issued("pass.example", { Options: { Export: "ENABLED" } });
      const refused = await refusal(
        endpoint.client().send(new ExportCertificateCommand({ CertificateArn, Passphrase: Buffer.from(text) })),
      );
      expect(refused.name).toBe("ValidationException");
      expect(refused.message).not.toContain(text);
    },
  );
});

describe("RevokeCertificate", () => {
  const revoke = (CertificateArn: string, RevocationReason = "SUPERSEDED") =>
    endpoint
      .client()
      .send(new RevokeCertificateCommand({ CertificateArn, RevocationReason: RevocationReason as "SUPERSEDED" }));

  async function exported(name: string): Promise<string> {
    const CertificateArn = await issued(name, { Options: { Export: "ENABLED" } });
    await endpoint.client().send(new ExportCertificateCommand({ CertificateArn, ...passphrase }));
    return CertificateArn;
  }

  test("of a certificate that was never exported is refused", async () => {
    const arn = await issued("unexported.example", { Options: { Export: "ENABLED" } });
    expect((await refusal(revoke(arn))).name).toMatch(/ValidationException|InvalidStateException/);
    expect((await see(arn)).Status).toBe("ISSUED");
  });

  test("answers the ARN; the certificate is REVOKED for good, with time and reason", async () => {
    const arn = await exported("revoked.example");
    expect((await revoke(arn)).CertificateArn).toBe(arn);
    expect(await see(arn)).toMatchObject({
      Status: "REVOKED",
      RevocationReason: "SUPERSEDED",
      RevokedAt: endpoint.world.clock.now(),
      RenewalEligibility: "INELIGIBLE",
    });
  });

  test("of a certificate in use: ResourceInUseException", async () => {
    const arn = await exported("revoke-used.example");
    await endpoint.world.attach(arn);
    expect((await refusal(revoke(arn))).name).toBe("ResourceInUseException");
    expect((await see(arn)).Status).toBe("ISSUED");
  });

  test("with a reason that is none: ValidationException", async () => {
    expect((await refusal(revoke(await exported("reason.example"), "BOREDOM"))).name).toBe("ValidationException");
  });

  test("twice: refused, and the first one stands", async () => {
    const arn = await exported("twice.example");
    await revoke(arn);
    await refusal(revoke(arn, "UNSPECIFIED"));
    expect((await see(arn)).RevocationReason).toBe("SUPERSEDED");
  });
});
