import { createPrivateKey, X509Certificate } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import { DAY, later } from "#lib/duration.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld, prove } from "../../../tests/support/certificate-world.ts";
import { openssl } from "../../../tests/support/openssl.ts";
import { blob, selfSigned } from "../../../tests/support/self-signed.ts";

let store: Store;
let world: CertificateWorld;
beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterAll(() => store.destroy());

async function issued(domain: string, more: object = {}): Promise<CertificateArn> {
  const arn = await world.request(domain, { KeyAlgorithm: "EC_prime256v1", Options: { Export: "ENABLED" }, ...more });
  await prove(world, arn);
  await world.work();
  return arn;
}

const exportOf = (CertificateArn: string, passphrase = "correct horse") =>
  world.call("ExportCertificate", { CertificateArn, Passphrase: blob(passphrase) });

describe("ExportCertificate", () => {
  test.for(["RSA_2048", "EC_prime256v1", "EC_secp384r1"])(
    "hands out a key of %s that openssl opens with the passphrase, and that belongs to the certificate",
    async (KeyAlgorithm) => {
      const arn = await issued(`${KeyAlgorithm.replace("_", "-").toLowerCase()}.shop.example`, { KeyAlgorithm });
      const { body, status } = await exportOf(arn);
      expect(status).toBe(200);
      const files = { "key.pem": body.PrivateKey, "leaf.pem": body.Certificate, "chain.pem": body.CertificateChain };
      expect(await openssl("pkey -in key.pem -passin pass:another -noout", files)).toMatch(/^exit 1/);
      const opened = createPrivateKey({ key: body.PrivateKey, passphrase: "correct horse" });
      expect(new X509Certificate(body.Certificate).checkPrivateKey(opened)).toBe(true);
      const { body: other } = await exportOf(arn, "no-space");
      const publicKey = await openssl("pkey -in key.pem -passin pass:no-space -pubout", {
        "key.pem": other.PrivateKey,
      });
      expect(publicKey).toBe(await openssl("x509 -in leaf.pem -noout -pubkey", files));
      const parsed = await openssl("asn1parse -in key.pem", files);
      expect(parsed).toMatch(/PBES2[\s\S]*PBKDF2[\s\S]*INTEGER +:0800[\s\S]*aes-256-cbc/);
      expect(parsed).not.toContain("hmac");
    },
  );

  test("says so in the journal before the key leaves, and makes the certificate eligible for renewal", async () => {
    const arn = await issued("told.shop.example");
    expect(await world.describe(arn)).toMatchObject({ RenewalEligibility: "INELIGIBLE" });
    await exportOf(arn);
    const acts = await store
      .selectFrom("auditRecords")
      .select("eventName")
      .where("resource", "=", arn)
      .orderBy("id")
      .execute();
    expect(acts.map(({ eventName }) => eventName)).toContain("CertificateExported");
    expect(await world.describe(arn)).toMatchObject({ RenewalEligibility: "ELIGIBLE" });
    const { NotAfter } = await world.describe(arn);
    const { Serial } = await world.describe(arn);
    await world.liveUntil(later(new Date(NotAfter * 1000), -20 * DAY));
    const renewed = await world.describe(arn);
    expect(renewed.Serial).not.toBe(Serial);
    expect(renewed).toMatchObject({ RenewalEligibility: "INELIGIBLE", RenewalSummary: { RenewalStatus: "SUCCESS" } });
  });

  test.for<[why: string, passphrase: string]>([
    ["three bytes", "abc"],
    ["129 bytes", "x".repeat(129)],
    ["a number sign", "pass#word"],
    ["a dollar sign", "pass$word"],
    ["a per cent sign", "pass%word"],
    ["a letter beyond ASCII", "pässword"],
  ])("refuses a passphrase with %s with ValidationException, and does not tell it", async ([, passphrase]) => {
    const arn = await issued("pass.shop.example");
    const refused = await exportOf(arn, passphrase);
    expect(refused.error).toBe("ValidationException");
    expect(refused.body.message).toMatch(
      /^1 validation error detected: Value at 'passphrase' failed to satisfy constraint: /,
    );
    expect(JSON.stringify(refused.body)).not.toContain(passphrase);
    expect((await world.describe(arn)).RenewalEligibility).toBe("INELIGIBLE"); // nothing was exported
  });

  test("takes passphrases of 4 and of 128 bytes, a line break included", async () => {
    const arn = await issued("long.shop.example");
    for (const passphrase of ["1 3\n", "y".repeat(128)]) {
      const { body } = await exportOf(arn, passphrase);
      expect(createPrivateKey({ key: body.PrivateKey, passphrase }).asymmetricKeyType).toBe("ec");
    }
  });

  test("refuses what stays inside with ValidationException, and what is not there yet with RequestInProgressException", async () => {
    const kept = await issued("kept.shop.example", { Options: { Export: "DISABLED" } });
    expect(await exportOf(kept)).toMatchObject({
      error: "ValidationException",
      body: {
        message: `Certificate ARN: ${kept} is not a private certificate, and was not requested with Options.Export=ENABLED.`,
      },
    });
    const { certificate, privateKey } = await selfSigned({
      names: ["www.shop.example"],
      notAfter: later(world.clock.now(), DAY),
    });
    const brought = { Certificate: blob(certificate), PrivateKey: blob(privateKey) };
    const { body } = await world.call("ImportCertificate", brought);
    expect(await exportOf(body.CertificateArn)).toMatchObject({
      error: "ValidationException",
      body: { message: `Certificate ARN: ${body.CertificateArn} is not a private certificate: it was imported.` },
    });
    const pending = await world.request("pending.shop.example", { Options: { Export: "ENABLED" } });
    expect((await exportOf(pending)).error).toBe("RequestInProgressException");
    await world.liveUntil(later(world.clock.now(), 4 * DAY));
    expect(await exportOf(pending)).toMatchObject({
      error: "ValidationException",
      body: { message: `Certificate ARN: ${pending} cannot be exported: it is VALIDATION_TIMED_OUT.` },
    });
    const foreign = await world.call(
      "ExportCertificate",
      { CertificateArn: kept, Passphrase: blob("1234") },
      {
        account: "999999999999" as never,
      },
    );
    expect(foreign.error).toBe("ResourceNotFoundException");
  });
});
