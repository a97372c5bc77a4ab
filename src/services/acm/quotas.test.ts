import { afterEach, beforeEach, expect, test } from "vitest";
import { DAY, HOUR } from "#lib/duration.ts";
import type { Quotas } from "#lifecycle/quotas.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CertificateWorld, certificateWorld } from "../../../tests/support/certificate-world.ts";
import { blob, selfSigned } from "../../../tests/support/self-signed.ts";

let store: Store;
let world: CertificateWorld;
beforeEach(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterEach(() => store.destroy());

const limit = (quotas: Quotas) => Object.assign(world.deps, { quotas });
const request = (more: object = {}, owner: object = {}) =>
  world.call("RequestCertificate", { DomainName: "www.shop.example", ValidationMethod: "DNS", ...more }, owner);
const refused = async (answer: Promise<{ error: string | undefined; body: { message: string } }>) => {
  const { error, body } = await answer;
  return [error, body.message];
};

test("without quotas there are none", async () => {
  for (let count = 0; count < 30; count += 1) expect((await request()).status).toBe(200);
  expect(await store.selectFrom("quotaUses").select("uses").execute()).toEqual([]);
});

test("beyond the certificates of an account in a region: LimitExceededException, until one is deleted", async () => {
  limit({ certificates: 2 });
  const { body } = await request();
  await request();
  expect(await refused(request())).toEqual([
    "LimitExceededException",
    "You have reached the maximum number of certificates: 2 requested ones in eu-west-1. Delete certificates that are not in use; expired and revoked ones count, too.",
  ]);
  expect((await request({}, { region: "us-east-1" })).status).toBe(200);
  expect((await request({}, { account: "999999999999" })).status).toBe(200);
  await world.call("DeleteCertificate", body);
  expect((await request()).status).toBe(200);
});

test("beyond the certificates of a year: deleting does not help, and the day on which it is over is told", async () => {
  limit({ certificatesPerYear: 2 });
  const { body } = await request();
  await world.call("DeleteCertificate", body);
  world.clock.advance(10 * DAY);
  await request();
  expect(await refused(request())).toEqual([
    "LimitExceededException",
    "Error: you have reached your limit of 2 certificates in the last year. 2 were requested in eu-west-1; deleting them does not help, the next can be requested on 2027-11-22.",
  ]);
  world.clock.set(new Date("2027-11-21T23:59:59Z"));
  expect((await request()).error).toBe("LimitExceededException");
  world.clock.set(new Date("2027-11-22T00:00:00Z"));
  expect((await request()).status).toBe(200);
  expect((await request()).error).toBe("LimitExceededException");
});

test("a limit of none refuses the first", async () => {
  limit({ certificatesPerYear: 0 });
  expect((await request()).error).toBe("LimitExceededException");
  expect(await store.selectFrom("certificates").select("arn").execute()).toEqual([]);
  expect(await store.selectFrom("quotaUses").select("uses").execute()).toEqual([]);
});

test("a repeated token does not count, nor does a private CA's certificate", async () => {
  limit({ certificates: 1, certificatesPerYear: 1 });
  const again = { IdempotencyToken: "t" };
  const { body } = await request(again);
  world.clock.advance(HOUR / 2);
  expect((await request(again)).body).toEqual(body);
  const ca = "arn:aws:acm-pca:eu-west-1:123456789012:certificate-authority/00000000-0000-4000-8000-000000000000";
  const asked = { DomainName: "in.example", CertificateAuthorityArn: ca };
  expect((await world.call("RequestCertificate", asked)).status).toBe(200);
});

test("imported certificates have quotas of their own; a reimport does not count", async () => {
  limit({ certificates: 0, imported: 1, importedPerYear: 1 });
  const { certificate, privateKey } = await selfSigned({ names: ["www.shop.example"] });
  const input = { Certificate: blob(certificate), PrivateKey: blob(privateKey) };
  const { body } = await world.call("ImportCertificate", input);
  expect((await world.call("ImportCertificate", { ...input, ...body })).status).toBe(200);
  const [error, message] = await refused(world.call("ImportCertificate", input));
  expect(error).toBe("LimitExceededException");
  expect(message).toContain("the next can be imported on 2027-11-22.");
});

test("beyond the names of a certificate: LimitExceededException", async () => {
  limit({ names: 2 });
  const names = (count: number) => ({
    SubjectAlternativeNames: Array.from({ length: count }, (_, index) => `n${index}.shop.example`),
  });
  expect((await request(names(1))).status).toBe(200);
  expect(await refused(request(names(2)))).toEqual([
    "LimitExceededException",
    "A certificate can have at most 2 domain names here; 3 were given.",
  ]);
});
