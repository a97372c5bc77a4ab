import {
  type CertificateDetail,
  DescribeCertificateCommand,
  GetCertificateCommand,
  ImportCertificateCommand,
  type ImportCertificateCommandInput,
  RenewCertificateCommand,
  RevokeCertificateCommand,
  UpdateCertificateOptionsCommand,
} from "@aws-sdk/client-acm";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { DAY, later } from "#lib/duration.ts";
import { type AcmEndpoint, acmEndpoint, refusal } from "../support/acm-endpoint.ts";
import { type Foreign, type ForeignOptions, selfSigned } from "../support/self-signed.ts";

let endpoint: AcmEndpoint & { close(): Promise<void> };
beforeAll(async () => {
  endpoint = await acmEndpoint();
});
afterAll(() => endpoint.close());

async function bring(
  { certificate, privateKey }: Foreign,
  more: Partial<ImportCertificateCommandInput> = {},
): Promise<string> {
  const input = { Certificate: Buffer.from(certificate), PrivateKey: Buffer.from(privateKey), ...more };
  return (await endpoint.client().send(new ImportCertificateCommand(input))).CertificateArn ?? "";
}

async function see(CertificateArn: string): Promise<CertificateDetail> {
  return (await endpoint.client().send(new DescribeCertificateCommand({ CertificateArn }))).Certificate ?? {};
}

const own = (name: string, more: Partial<ForeignOptions> = {}): Promise<Foreign> =>
  selfSigned({ names: [name], ...more });

describe("ImportCertificate", () => {
  test("is ISSUED and IMPORTED at once, with ImportedAt and CreatedAt and without IssuedAt", async () => {
    const certificate = await see(await bring(await own("in.example")));
    expect(certificate).toMatchObject({ Status: "ISSUED", Type: "IMPORTED", ImportedAt: endpoint.world.clock.now() });
    expect(certificate.CreatedAt).toBeDefined();
    expect(certificate).not.toHaveProperty("IssuedAt");
  });

  test("lists one validation option for each name, with nothing but the name", async () => {
    const certificate = await see(await bring(await own("a.example", { names: ["a.example", "b.example"] })));
    expect(certificate.DomainValidationOptions).toEqual([{ DomainName: "a.example" }, { DomainName: "b.example" }]);
  });

  test("shows the whole subject in the certificate's order", async () => {
    const certificate = await see(
      await bring(await own("dn.example", { subject: "C=AU, ST=Some-State, O=Example, CN=dn.example" })),
    );
    expect(certificate.Subject).toBe("C=AU,ST=Some-State,O=Example,CN=dn.example");
  });

  test("without usage extensions lists ANY and NONE", async () => {
    const certificate = await see(await bring(await own("any.example")));
    expect(certificate.KeyUsages).toEqual([{ Name: "ANY" }]);
    expect(certificate.ExtendedKeyUsages).toMatchObject([{ Name: "NONE" }]);
  });

  test("without a common name is called by its first alternative name", async () => {
    expect((await see(await bring(await own("first.example", { subject: "O=Nobody" })))).DomainName).toBe(
      "first.example",
    );
  });

  test("is never eligible for renewal and CUSTOMER_PROVIDED", async () => {
    const arn = await bring(await own("theirs.example"));
    await endpoint.world.attach(arn);
    expect(await see(arn)).toMatchObject({
      RenewalEligibility: "INELIGIBLE",
      CertificateKeyPairOrigin: "CUSTOMER_PROVIDED",
    });
  });

  test("GetCertificate answers exactly the PEM that was given, without a chain where none was", async () => {
    const foreign = await own("pem.example");
    const CertificateArn = await bring(foreign);
    const got = await endpoint.client().send(new GetCertificateCommand({ CertificateArn }));
    expect(got.Certificate).toBe(foreign.certificate);
    expect(got.CertificateChain).toBeUndefined();
  });

  test.for<[string, (foreign: Foreign) => Partial<ImportCertificateCommandInput>, string]>([
    [
      "two certificates in the body",
      ({ certificate }) => ({ Certificate: Buffer.from(`${certificate}\n${certificate}`) }),
      "The certificate field contains more than one certificate. You can specify only one certificate in this field.",
    ],
    [
      "something else than a key",
      () => ({ PrivateKey: Buffer.from("not a key") }),
      "Passed PEM was not a private key.",
    ],
  ])("refuses %s with ValidationException", async ([, change, message]) => {
    const foreign = await own("wrong.example");
    const refused = await refusal(bring(foreign, change(foreign)));
    expect(refused.name).toBe("ValidationException");
    expect(refused.message).toContain(message);
  });

  test("refuses what is not PEM, an encrypted key, another's key and what is not valid now, and says which", async () => {
    const foreign = await own("bad.example");
    const other = await own("other.example");
    const encrypted = "-----BEGIN ENCRYPTED PRIVATE KEY-----\nMIIB\n-----END ENCRYPTED PRIVATE KEY-----\n";
    const past = await own("past.example", { notBefore: new Date("2020-01-01"), notAfter: new Date("2021-01-01") });
    const refused = [
      await refusal(bring(foreign, { Certificate: Buffer.from("not a certificate") })),
      await refusal(bring(foreign, { PrivateKey: Buffer.from(encrypted) })),
      await refusal(bring({ ...foreign, privateKey: other.privateKey })),
      await refusal(bring(past)),
      await refusal(bring(foreign, { CertificateChain: Buffer.from(other.certificate) })),
    ];
    expect(refused.map(({ name }) => name)).toEqual(Array.from({ length: 5 }, () => "ValidationException"));
    expect(new Set(refused.map(({ message }) => message)).size).toBe(5);
    for (const { message } of refused) expect(message).not.toContain("MII");
  });

  test("refuses a certificate without a name", async () => {
    const nameless = await selfSigned({ subject: "O=Nobody", names: [] });
    expect((await refusal(bring(nameless))).name).toBe("ValidationException");
  });
});

describe("a reimport", () => {
  test("keeps ARN, users and tags, and takes effect at once", async () => {
    const arn = await bring(await own("again.example"), { Tags: [{ Key: "stage", Value: "prod" }] });
    await endpoint.world.attach(arn);
    const before = await see(arn);
    const more = { names: ["again.example", "more.example"] };
    expect(await bring(await own("again.example", more), { CertificateArn: arn })).toBe(arn);
    const after = await see(arn);
    expect(after.Serial).not.toBe(before.Serial);
    expect(after.SubjectAlternativeNames).toEqual(more.names);
    expect(after.InUseBy).toEqual(before.InUseBy);
  });

  test("of another kind of key is refused", async () => {
    const arn = await bring(await own("kind.example"));
    const refused = await refusal(bring(await own("kind.example", { key: "P-384" }), { CertificateArn: arn }));
    expect(refused).toEqual({
      name: "ValidationException",
      message:
        "New certificate has a key of EC_secp384r1 which is different from EC_prime256v1 in the current certificate",
    });
  });

  test("with tags is refused", async () => {
    const arn = await bring(await own("retag.example"));
    const Tags = [{ Key: "a", Value: "b" }];
    expect((await refusal(bring(await own("retag.example"), { CertificateArn: arn, Tags }))).name).toBe(
      "InvalidParameterException",
    );
  });

  test("of an unknown ARN: Could not find certificate <arn>.", async () => {
    const CertificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000";
    expect(await refusal(bring(await own("nobody.example"), { CertificateArn }))).toEqual({
      name: "ResourceNotFoundException",
      message: `Could not find certificate ${CertificateArn}.`,
    });
  });

  test("of an expired one makes it ISSUED again", async () => {
    const arn = await bring(await own("revive.example"));
    const { NotAfter = endpoint.world.clock.now() } = await see(arn);
    const then = endpoint.world.clock.now();
    await endpoint.world.liveUntil(later(NotAfter, DAY));
    expect((await see(arn)).Status).toBe("EXPIRED");
    const fresh = { notBefore: later(NotAfter, -DAY), notAfter: later(NotAfter, 300 * DAY) };
    await bring(await own("revive.example", fresh), { CertificateArn: arn });
    expect((await see(arn)).Status).toBe("ISSUED");
    endpoint.world.clock.set(then);
  });
});

describe("an imported certificate cannot", () => {
  test("have its options updated: InvalidStateException", async () => {
    const CertificateArn = await bring(await own("fixed.example"));
    const Options = { CertificateTransparencyLoggingPreference: "ENABLED" as const };
    expect(
      await refusal(endpoint.client().send(new UpdateCertificateOptionsCommand({ CertificateArn, Options }))),
    ).toEqual({
      name: "InvalidStateException",
      message: "The UpdateCertificateOptions command is not permitted for imported certificates",
    });
  });

  test("be renewed or revoked: ValidationException", async () => {
    const CertificateArn = await bring(await own("static.example"));
    const client = endpoint.client();
    expect((await refusal(client.send(new RenewCertificateCommand({ CertificateArn })))).name).toBe(
      "ValidationException",
    );
    const revoke = new RevokeCertificateCommand({ CertificateArn, RevocationReason: "SUPERSEDED" });
    expect((await refusal(client.send(revoke))).name).toMatch(/ValidationException|InvalidStateException/);
  });
});
