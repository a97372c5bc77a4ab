import { afterEach, beforeEach, expect, test } from "vitest";
import { certificateArn } from "#domain/arn.ts";
import type { DomainName } from "#domain/names.ts";
import { DAY, later, SECOND } from "#lib/duration.ts";
import { insertCertificate } from "#store/certificates.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld } from "../../../tests/support/certificate-world.ts";

let store: Store;
let world: CertificateWorld;
beforeEach(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterEach(() => store.destroy());

test("an ACME client's certificate is deleted when it has expired; before, it is ConflictException", async () => {
  const caller = world.caller();
  const arn = certificateArn(caller, "00000000-0000-4000-8000-000000000001");
  const notAfter = later(world.clock.now(), 45 * DAY);
  await store.transaction().execute((tx) =>
    insertCertificate(tx, {
      arn,
      account: caller.account,
      region: caller.region,
      createdAt: world.clock.now().getTime(),
      type: "AMAZON_ISSUED",
      keyPairOrigin: "ACME",
      status: "ISSUED",
      keyAlgorithm: "EC_prime256v1",
      domainName: "www.shop.example" as DomainName,
      names: ["www.shop.example" as DomainName],
      exportOption: "DISABLED",
      generation: 1,
      notAfter: notAfter.getTime(),
      keyUsages: "",
      extendedKeyUsages: "",
      renewal: "NONE",
    }),
  );
  const refuse = (operation: string, more: object = {}) => world.call(operation, { CertificateArn: arn, ...more });
  expect(await refuse("DeleteCertificate")).toMatchObject({
    error: "ConflictException",
    body: {
      message: expect.stringContaining(`it can be deleted when it has expired, after ${notAfter.toISOString()}`),
    },
  });
  const passphrase = { Passphrase: Buffer.from("1234").toString("base64") };
  for (const [operation, more] of [
    ["ExportCertificate", passphrase],
    ["RenewCertificate", {}],
    ["RevokeCertificate", { RevocationReason: "SUPERSEDED" }],
  ] as const) {
    expect((await refuse(operation, more)).error).toBe("ValidationException");
  }
  const options = { Options: { CertificateTransparencyLoggingPreference: "DISABLED" } };
  expect((await refuse("UpdateCertificateOptions", options)).error).toBe("InvalidStateException");
  expect(await world.describe(arn)).toMatchObject({ RenewalEligibility: "INELIGIBLE" });
  world.clock.set(later(notAfter, SECOND));
  expect((await refuse("DeleteCertificate")).status).toBe(200);
  expect((await refuse("DescribeCertificate")).error).toBe("ResourceNotFoundException");
});
