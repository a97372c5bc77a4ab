import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { LoadBalancerArn } from "#domain/arn.ts";
import { DAY, SECOND } from "#lib/duration.ts";
import { readEdgeCertificate } from "#lifecycle/edge-certificate.ts";
import { openStore, type Store } from "#store/store.ts";
import { BALANCER, type CertificateWorld, certificateWorld } from "../../../tests/support/certificate-world.ts";
import { blob, extendedKeyUsage, type Foreign, keyUsage, selfSigned } from "../../../tests/support/self-signed.ts";

let store: Store;
let world: CertificateWorld;
let first: Foreign;
beforeAll(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
  first = await selfSigned({
    subject: "C=AU, ST=Some-State, O=Example, CN=www.example.org",
    names: ["www.example.org", "example.org"],
  });
});
afterAll(() => store.destroy());

const bring = ({ certificate, privateKey }: Foreign, more: object = {}) =>
  world.call("ImportCertificate", { Certificate: blob(certificate), PrivateKey: blob(privateKey), ...more });

describe("ImportCertificate", () => {
  test("is ISSUED at once, described in the certificate's own words", async () => {
    const { body } = await bring(first, { Tags: [{ Key: "stage", Value: "prod" }] });
    const certificate = await world.describe(body.CertificateArn);
    expect(certificate).toMatchObject({
      Status: "ISSUED",
      Type: "IMPORTED",
      DomainName: "www.example.org",
      SubjectAlternativeNames: ["www.example.org", "example.org"],
      DomainValidationOptions: [{ DomainName: "www.example.org" }, { DomainName: "example.org" }],
      Subject: "C=AU,ST=Some-State,O=Example,CN=www.example.org",
      Issuer: "Example",
      KeyAlgorithm: "EC-prime256v1",
      SignatureAlgorithm: "SHA256WITHECDSA",
      KeyUsages: [{ Name: "ANY" }],
      ExtendedKeyUsages: [{ Name: "NONE" }],
      ImportedAt: expect.any(Number),
      CreatedAt: expect.any(Number),
      RenewalEligibility: "INELIGIBLE",
      Options: { CertificateTransparencyLoggingPreference: "DISABLED", Export: "DISABLED" },
      CertificateKeyPairOrigin: "CUSTOMER_PROVIDED",
    });
    expect(certificate).not.toHaveProperty("IssuedAt");
    const tags = await world.call("ListTagsForCertificate", { CertificateArn: body.CertificateArn });
    expect(tags.body).toEqual({ Tags: [{ Key: "stage", Value: "prod" }] });
  });

  test("gives back exactly the PEM that was given, and no chain where none was", async () => {
    const { body } = await bring(first);
    expect((await world.call("GetCertificate", body)).body).toEqual({ Certificate: first.certificate });
  });

  test("refuses a key of another certificate with ValidationException, and keeps nothing", async () => {
    const other = await selfSigned({ names: ["other.example.org"] });
    const before = await store.selectFrom("certificates").select("arn").execute();
    const refused = await bring({ ...first, privateKey: other.privateKey });
    expect(refused).toMatchObject({ status: 400, error: "ValidationException" });
    expect(refused.body.message).toContain("doesn't match the certificate");
    expect(await store.selectFrom("certificates").select("arn").execute()).toEqual(before);
  });

  test("never repeats a private key in an error", async () => {
    const refused = await world.call("ImportCertificate", {
      Certificate: blob(first.certificate),
      PrivateKey: blob(`${first.privateKey}${"x".repeat(6000)}`),
    });
    expect(refused.body.message).toBe(
      "1 validation error detected: Value at 'privateKey' failed to satisfy constraint: Member must have length less than or equal to 5120",
    );
  });
});

describe("a reimport", () => {
  test("keeps ARN, tags and users, serves the new certificate, and destroys the old key", async () => {
    const { CertificateArn } = (await bring(first, { Tags: [{ Key: "k" }] })).body;
    await world.attach(CertificateArn);
    const next = await selfSigned({
      names: ["www.example.org", "new.example.org"],
      notAfter: new Date("2028-01-01T00:00:00Z"),
    });
    expect((await bring(next, { CertificateArn })).body).toEqual({ CertificateArn });
    expect(await world.describe(CertificateArn)).toMatchObject({
      SubjectAlternativeNames: ["www.example.org", "new.example.org"],
      InUseBy: [BALANCER],
      NotAfter: Date.parse("2028-01-01T00:00:00Z") / 1000,
    });
    const edge = await readEdgeCertificate(store, BALANCER as LoadBalancerArn, CertificateArn);
    expect(edge?.chain).toContain(next.certificate.trim());
    world.clock.advance(SECOND);
    await world.work(); // no edge is left that has to be seen with it
    const versions = await store
      .selectFrom("certificateVersions")
      .select("generation")
      .where("certificateArn", "=", CertificateArn)
      .execute();
    expect(versions).toEqual([{ generation: 2 }]);
    expect((await world.call("ListTagsForCertificate", { CertificateArn })).body).toEqual({ Tags: [{ Key: "k" }] });
  });

  test("with a name that no client can ask for is served for its other names", async () => {
    const odd = await selfSigned({
      names: ["www.example.org", `${"x".repeat(300)}.example.org`, "sp ace.example.org"],
    });
    const { CertificateArn } = (await bring(odd)).body;
    await world.attach(CertificateArn);
    const edge = await readEdgeCertificate(store, BALANCER as LoadBalancerArn, CertificateArn);
    expect(edge?.names).toEqual(["www.example.org"]);
  });

  test("brings an expired certificate back to ISSUED", async () => {
    const brief = await selfSigned({ names: ["brief.example.org"], notAfter: new Date("2026-11-25T00:00:00Z") });
    const { CertificateArn } = (await bring(brief)).body;
    await world.liveUntil(new Date("2026-11-26T00:00:00Z"));
    expect((await world.describe(CertificateArn)).Status).toBe("EXPIRED");
    const next = await selfSigned({ names: ["brief.example.org"] });
    await bring(next, { CertificateArn });
    expect((await world.describe(CertificateArn)).Status).toBe("ISSUED");
    await world.liveUntil(new Date(Date.parse("2027-11-01T00:00:00Z") + DAY));
    expect((await world.describe(CertificateArn)).Status).toBe("EXPIRED");
    world.clock.set(new Date("2026-11-27T00:00:00Z"));
  });

  test("refuses another kind of key with ValidationException", async () => {
    const { CertificateArn } = (await bring(first)).body;
    const refused = await bring(await selfSigned({ names: ["www.example.org"], key: "P-384" }), { CertificateArn });
    expect(refused).toMatchObject({
      error: "ValidationException",
      body: {
        message:
          "New certificate has a key of EC_secp384r1 which is different from EC_prime256v1 in the current certificate",
      },
    });
  });

  test("refuses to lose a key usage with ValidationException", async () => {
    const extensions = [keyUsage(1 | 16), extendedKeyUsage("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2")];
    const { CertificateArn } = (await bring(await selfSigned({ names: ["u.example.org"], extensions }))).body;
    const less = [keyUsage(1)];
    const refused = await bring(await selfSigned({ names: ["u.example.org"], extensions: less }), { CertificateArn });
    expect(refused).toMatchObject({ status: 400, error: "ValidationException" });
    expect(refused.body.message).toContain("KEY_AGREEMENT");
  });

  test("refuses tags with InvalidParameterException", async () => {
    const { CertificateArn } = (await bring(first)).body;
    expect(await bring(first, { CertificateArn, Tags: [{ Key: "a" }] })).toMatchObject({
      error: "InvalidParameterException",
    });
  });

  test("refuses an unknown certificate with ResourceNotFoundException", async () => {
    const CertificateArn = "arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-4000-8000-000000000000";
    expect(await bring(first, { CertificateArn })).toMatchObject({
      error: "ResourceNotFoundException",
      body: { message: `Could not find certificate ${CertificateArn}.` },
    });
  });

  test("refuses a certificate that was requested with ValidationException", async () => {
    const CertificateArn = await world.request("requested.example.org");
    expect(await bring(first, { CertificateArn })).toMatchObject({ error: "ValidationException" });
  });
});
