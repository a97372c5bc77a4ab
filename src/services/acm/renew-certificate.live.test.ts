import { afterEach, beforeEach, expect, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import { DAY, later } from "#lib/duration.ts";
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

async function issued(domain: string): Promise<CertificateArn> {
  const arn = await world.request(domain, { KeyAlgorithm: "EC_prime256v1", Options: { Export: "ENABLED" } });
  await prove(world, arn);
  await world.work();
  return arn;
}

const hand = (CertificateArn: string) => world.call("ExportCertificate", { CertificateArn, Passphrase: blob("1234") });
const renew = (CertificateArn: string) => world.call("RenewCertificate", { CertificateArn });

test("RenewCertificate renews what was exported, long before it is due: PENDING_AUTO_RENEWAL, then SUCCESS", async () => {
  const arn = await issued("asked.shop.example");
  await hand(arn);
  const before = await world.describe(arn);
  world.clock.advance(DAY);
  expect((await renew(arn)).status).toBe(200);
  expect((await world.describe(arn)).RenewalSummary).toMatchObject({
    RenewalStatus: "PENDING_AUTO_RENEWAL",
    UpdatedAt: world.clock.now().getTime() / 1000,
  });
  expect((await renew(arn)).status).toBe(200); // it runs already
  await world.work();
  const after = await world.describe(arn);
  expect(after).toMatchObject({
    CertificateArn: arn,
    RenewalSummary: { RenewalStatus: "SUCCESS" },
    RenewalEligibility: "INELIGIBLE",
  });
  expect(after.Serial).not.toBe(before.Serial);
  expect(after.NotAfter).toBeGreaterThan(before.NotAfter);
  expect(await renew(arn)).toMatchObject({ error: "ValidationException" }); // the new one was not exported
  await hand(arn);
  expect((await renew(arn)).status).toBe(200);
});

test.for<[why: string, make: () => Promise<string>, error: string, message: string]>([
  ["what was never exported", () => issued("kept.shop.example"), "ValidationException", "it was not exported"],
  [
    "what is in use and was never exported",
    async () => {
      const arn = await issued("used.shop.example");
      await world.attach(arn);
      return arn;
    },
    "ValidationException",
    "what is in use is renewed by itself",
  ],
  ["what is not issued yet", () => world.request("early.shop.example"), "RequestInProgressException", "in progress"],
  [
    "what has timed out",
    async () => {
      const arn = await world.request("late.shop.example");
      await world.liveUntil(later(world.clock.now(), 4 * DAY));
      return arn;
    },
    "ValidationException",
    "it is VALIDATION_TIMED_OUT",
  ],
  [
    "what was imported",
    async () => {
      const { certificate, privateKey } = await selfSigned({ names: ["www.shop.example"] });
      const brought = { Certificate: blob(certificate), PrivateKey: blob(privateKey) };
      return (await world.call("ImportCertificate", brought)).body.CertificateArn;
    },
    "ValidationException",
    "import its successor under the same ARN",
  ],
  [
    "what is nowhere",
    () => Promise.resolve("arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000"),
    "ResourceNotFoundException",
    "Could not find certificate",
  ],
])("RenewCertificate refuses %s", async ([, make, error, message]) => {
  const refused = await renew(await make());
  expect(refused.error).toBe(error);
  expect(refused.body.message).toContain(message);
});
