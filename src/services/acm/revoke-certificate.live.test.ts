import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { caPages } from "#ca/pages.ts";
import { publishCrls } from "#ca/publish-crl.ts";
import { REVOCATION_REASONS } from "#ca/revocation.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { DAY, later } from "#lib/duration.ts";
import { findCertificateStatus } from "#store/revocations.ts";
import { openStore, type Store } from "#store/store.ts";
import { BALANCER, type CertificateWorld, certificateWorld, prove } from "../../../tests/support/certificate-world.ts";
import { openssl } from "../../../tests/support/openssl.ts";
import { blob, selfSigned } from "../../../tests/support/self-signed.ts";

let store: Store;
let world: CertificateWorld;
beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterAll(() => store.destroy());

async function issued(domain: string): Promise<CertificateArn> {
  const arn = await world.request(domain, { KeyAlgorithm: "EC_prime256v1", Options: { Export: "ENABLED" } });
  await prove(world, arn);
  await world.work();
  return arn;
}

const hand = (CertificateArn: string) => world.call("ExportCertificate", { CertificateArn, Passphrase: blob("1234") });

async function exported(domain: string): Promise<CertificateArn> {
  const arn = await issued(domain);
  expect((await hand(arn)).status).toBe(200);
  return arn;
}

const revoke = (CertificateArn: string, RevocationReason = "SUPERSEDED") =>
  world.call("RevokeCertificate", { CertificateArn, RevocationReason });

/** The serial numbers on the CRLs of the leaf issuers, as openssl reads them. */
async function onCrls(): Promise<string> {
  await publishCrls(world.deps);
  const pages = await Promise.all(
    ["ec1/1", "rsa1/1"].map((shard) => caPages(world.deps)("GET", `/ca/${shard}.crl`, Buffer.alloc(0))),
  );
  const texts = await Promise.all(
    pages
      .flatMap((page) => page ?? [])
      .map((page) => openssl("crl -in list.crl -inform DER -noout -text", { "list.crl": page.body })),
  );
  return texts.join("").toLowerCase();
}

/** What OCSP answers from. */
async function ocspStatus(serial: string): Promise<number | undefined> {
  const { issuerId } = await store
    .selectFrom("caIssuances")
    .select("issuerId")
    .where("serial", "=", serial)
    .executeTakeFirstOrThrow();
  return (await findCertificateStatus(store, issuerId, serial)).revocation?.reason;
}

describe("RevokeCertificate", () => {
  test("puts the certificate on the CRL by the same commit, for the reason given", async () => {
    const arn = await exported("gone.shop.example");
    const { Serial } = await world.describe(arn);
    const serial = Serial.replaceAll(":", "");
    expect(await onCrls()).not.toContain(serial);
    expect((await revoke(arn, "KEY_COMPROMISE")).body).toEqual({ CertificateArn: arn });
    expect(await world.describe(arn)).toMatchObject({
      Status: "REVOKED",
      RevokedAt: world.clock.now().getTime() / 1000,
      RevocationReason: "KEY_COMPROMISE",
      RenewalEligibility: "INELIGIBLE",
    });
    const crls = await onCrls();
    expect(crls).toContain(serial);
    expect(crls).toContain("key compromise");
    expect(await ocspStatus(serial)).toBe(REVOCATION_REASONS.keyCompromise);
    await world.work();
    expect(await store.selectFrom("jobs").select("subject").where("subject", "=", arn).execute()).toEqual([]);
  });

  test("takes back every version whose key was handed out, not only the one in force", async () => {
    const arn = await exported("twice.shop.example");
    const first = (await world.describe(arn)).Serial.replaceAll(":", "");
    await world.call("RenewCertificate", { CertificateArn: arn });
    await world.work();
    const second = (await world.describe(arn)).Serial.replaceAll(":", "");
    expect(second).not.toBe(first);
    expect((await revoke(arn, "UNSPECIFIED")).status).toBe(200);
    const crls = await onCrls();
    expect(crls).toContain(first);
    expect(crls).toContain(second);
  });

  test("is refused while somebody uses it: ResourceInUseException, and nothing changes", async () => {
    const arn = await exported("used.shop.example");
    await world.attach(arn);
    expect(await revoke(arn)).toMatchObject({
      error: "ResourceInUseException",
      body: { message: `Certificate ${arn} in account 123456789012 is in use. It is used by: ${BALANCER}.` },
    });
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    await world.detach(arn);
    expect((await revoke(arn)).status).toBe(200);
    await expect(world.attach(arn)).rejects.toThrow("it was revoked");
  });

  test.for<[why: string, make: () => Promise<string>, error: string, message: string]>([
    ["what was never exported", () => issued("inside.shop.example"), "ValidationException", "it was never exported"],
    [
      "what is not issued yet",
      () => world.request("early.shop.example", { Options: { Export: "ENABLED" } }),
      "RequestInProgressException",
      "is in progress",
    ],
    [
      "what is revoked already",
      async () => {
        const arn = await exported("again.shop.example");
        await revoke(arn);
        return arn;
      },
      "ValidationException",
      "cannot be revoked: it is REVOKED.",
    ],
    [
      "what was imported",
      async () => {
        const { certificate, privateKey } = await selfSigned({ names: ["www.shop.example"] });
        const brought = { Certificate: blob(certificate), PrivateKey: blob(privateKey) };
        return (await world.call("ImportCertificate", brought)).body.CertificateArn;
      },
      "ValidationException",
      "only the CA that signed it can revoke it",
    ],
  ])("refuses %s", async ([, make, error, message]) => {
    const refused = await revoke(await make());
    expect(refused.error).toBe(error);
    expect(refused.body.message).toContain(message);
  });

  test("refuses reasons that are not the owner's to give with ValidationException, and takes the misspelt one", async () => {
    const arn = await exported("reasons.shop.example");
    for (const reason of ["CERTIFICATE_HOLD", "REMOVE_FROM_CRL", "CA_COMPROMISE", "A_A_COMPROMISE", "BOREDOM"]) {
      expect((await revoke(arn, reason)).error).toBe("ValidationException");
    }
    expect((await world.describe(arn)).Status).toBe("ISSUED");
    expect((await revoke(arn, "SUPERCEDED")).status).toBe(200);
  });

  test("what has expired cannot be revoked any more", async () => {
    const arn = await exported("old.shop.example");
    const { NotAfter } = await world.describe(arn);
    await store.updateTable("certificates").set({ exportedAt: null }).where("arn", "=", arn).execute(); // not renewed
    await world.liveUntil(later(new Date(NotAfter * 1000), DAY));
    expect((await revoke(arn)).body.message).toContain("it is EXPIRED");
  });

  test("ends a change of method that runs", async () => {
    const arn = await exported("changing.shop.example");
    const running = { migration: "PENDING_DOMAIN_VALIDATION", migrationStartedAt: 0 } as const;
    await store.updateTable("certificates").set(running).where("arn", "=", arn).execute();
    await revoke(arn);
    expect((await world.describe(arn)).UpdateSummary).toMatchObject({ Status: "FAILED" });
  });
});
