import { X509Certificate } from "node:crypto";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import { DAY, HOUR, later, MINUTE } from "#lib/duration.ts";
import { readValidations } from "#store/domain-validations.ts";
import { edgeChangesSince } from "#store/edge-changes.ts";
import { openStore, type Store } from "#store/store.ts";
import {
  BALANCER,
  type CertificateWorld,
  certificateWorld,
  type Proofs,
  prove,
} from "../../tests/support/certificate-world.ts";
import { readEdgeCertificate } from "./edge-certificate.ts";
import { explainCertificate } from "./explain.ts";

let store: Store;
let world: CertificateWorld;
beforeEach(async () => {
  store = await openStore("file::memory:");
  world = await certificateWorld(store);
});
afterEach(() => store.destroy());

/** An issued certificate for `domain`. */
async function issued(domain = "www.example.com"): Promise<CertificateArn> {
  return (await issuedWithProofs(domain)).arn;
}

async function issuedWithProofs(domain = "www.example.com"): Promise<{ arn: CertificateArn; proofs: Proofs }> {
  const arn = await world.request(domain, { KeyAlgorithm: "EC_prime256v1" });
  const proofs = await prove(world, arn);
  await world.work();
  expect((await world.describe(arn)).Status).toBe("ISSUED");
  return { arn, proofs };
}

const serialOf = async (arn: string): Promise<string> => (await world.describe(arn)).Serial;
const time = (epochSeconds: number): Date => new Date(epochSeconds * 1000);

describe("a request", () => {
  test("is PENDING_VALIDATION with every record to create, and ISSUED as soon as they are written", async () => {
    const arn = await world.request("example.com", {
      SubjectAlternativeNames: ["*.example.com", "api.example.org"],
      KeyAlgorithm: "EC_prime256v1",
    });
    await world.work();
    const pending = await world.describe(arn);
    expect(pending.Status).toBe("PENDING_VALIDATION");
    await prove(world, arn);
    await world.work(); // the clock has not moved: the record was noticed, not polled for

    const certificate = await world.describe(arn);
    expect(certificate).toMatchObject({ Status: "ISSUED", InUseBy: [], RenewalEligibility: "INELIGIBLE" });
    const { body } = await world.call("GetCertificate", { CertificateArn: arn });
    const leaf = new X509Certificate(body.Certificate);
    expect(leaf.subjectAltName).toBe("DNS:example.com, DNS:*.example.com, DNS:api.example.org");
    expect(certificate.Serial.replaceAll(":", "")).toBe(leaf.serialNumber.toLowerCase());
    const [intermediate] = body.CertificateChain.split(/(?<=-----END CERTIFICATE-----\n)/);
    expect(leaf.verify(new X509Certificate(intermediate).publicKey)).toBe(true);
    expect(world.failures).toEqual([]);
  });

  test("makes an RSA key by default", async () => {
    const arn = await world.request("rsa.example.com");
    await prove(world, arn);
    await world.work();
    const certificate = await world.describe(arn);
    expect(certificate).toMatchObject({
      Status: "ISSUED",
      KeyAlgorithm: "RSA-2048",
      SignatureAlgorithm: "SHA256WITHRSA",
    });
  });

  test("whose record is wrong stays pending, with the reason on record, and is looked up ever less often", async () => {
    const zone = await world.zone("example.com");
    const arn = await world.request("www.example.com");
    const [{ ResourceRecord }] = (await world.describe(arn)).DomainValidationOptions;
    await zone.put(ResourceRecord.Name, "somewhere.else.example.");
    const begin = world.clock.now();
    await world.liveUntil(later(begin, HOUR));
    expect((await world.describe(arn)).Status).toBe("PENDING_VALIDATION");
    const explained = await explainCertificate(arn, world.caller(), world.deps);
    expect(explained).toMatchObject({
      status: "PENDING_VALIDATION",
      trouble: undefined,
      domains: [
        {
          domainName: "www.example.com",
          problem: expect.stringContaining("somewhere.else.example"),
          lookups: expect.arrayContaining([expect.objectContaining({ type: "CNAME", server: "own zones" })]),
        },
      ],
    });
    const [proof] = await readValidations(store, arn);
    expect(proof?.checks).toBeLessThan(30);

    await zone.put(ResourceRecord.Name, ResourceRecord.Value);
    await world.work();
    expect((await world.describe(arn)).Status).toBe("ISSUED");
  });

  test("is VALIDATION_TIMED_OUT after 72 hours without its record, for good", async () => {
    const zone = await world.zone("example.com");
    const arn = await world.request("www.example.com");
    const [{ ResourceRecord }] = (await world.describe(arn)).DomainValidationOptions;
    await world.liveUntil(later(world.clock.now(), HOUR));
    world.clock.advance(71 * HOUR);
    await world.work();
    const given = await world.describe(arn);
    expect(given.Status).toBe("VALIDATION_TIMED_OUT");
    expect(given.DomainValidationOptions[0].ValidationStatus).toBe("FAILED");
    await zone.put(ResourceRecord.Name, ResourceRecord.Value);
    await world.work();
    expect((await world.describe(arn)).Status).toBe("VALIDATION_TIMED_OUT");
  });

  test("with the records of an earlier one is ISSUED at once: they are the same in every region", async () => {
    await issued("www.example.com");
    const { body } = await world.call(
      "RequestCertificate",
      { DomainName: "*.www.example.com", ValidationMethod: "DNS", KeyAlgorithm: "EC_prime256v1" },
      { region: "us-east-1" as never },
    );
    await world.work();
    const again = await world.call("DescribeCertificate", body, { region: "us-east-1" as never });
    expect(again.body.Certificate.Status).toBe("ISSUED");
  });
});

describe("a certificate in use", () => {
  test("is renewed ten times under the same ARN, each time with a new key, until it is detached; then it expires", async () => {
    const arn = await issued();
    await world.attach(arn);
    await world.work();
    const keys = new Set<string>();
    for (let renewals = 0; renewals < 10; renewals += 1) {
      const before = await world.describe(arn);
      expect(before).toMatchObject({ Status: "ISSUED", RenewalEligibility: "ELIGIBLE", InUseBy: [BALANCER] });
      await world.liveUntil(time(before.NotAfter - (before.NotAfter - before.NotBefore) * 0.2));
      const after = await world.describe(arn);
      expect(after.Serial).not.toBe(before.Serial);
      expect(after.NotAfter).toBeGreaterThan(before.NotAfter);
      expect(after.CreatedAt).toBe(before.CreatedAt);
      expect(after.RenewalSummary).toMatchObject({
        RenewalStatus: "SUCCESS",
        DomainValidationOptions: [{ DomainName: "www.example.com", ValidationStatus: "SUCCESS" }],
      });
      const { body } = await world.call("GetCertificate", { CertificateArn: arn });
      keys.add(new X509Certificate(body.Certificate).publicKey.export({ type: "spki", format: "pem" }).toString());
    }
    expect(keys.size).toBe(10);
    const versions = await store.selectFrom("certificateVersions").select("generation").execute();
    expect(versions).toEqual([{ generation: 11 }]); // earlier keys are destroyed

    await world.detach(arn);
    const last = await world.describe(arn);
    await world.liveUntil(later(time(last.NotAfter), DAY));
    expect(await world.describe(arn)).toMatchObject({
      Status: "EXPIRED",
      Serial: last.Serial,
      InUseBy: [],
      RenewalEligibility: "INELIGIBLE",
    });
    await world.call("DeleteCertificate", { CertificateArn: arn });
    await world.work();
    expect(await store.selectFrom("jobs").select("subject").execute()).toEqual([]);
    expect(world.failures).toEqual([]);
  });

  test("begins its renewal 45 days before its end, or some hours earlier, so that not all begin at once", async () => {
    const arn = await issued();
    await world.attach(arn);
    const { NotAfter, Serial } = await world.describe(arn);
    await world.liveUntil(later(time(NotAfter), -46 * DAY));
    expect(await world.describe(arn)).toMatchObject({ Serial });
    expect((await world.describe(arn)).RenewalSummary).toBeUndefined();
    await world.liveUntil(later(time(NotAfter), -45 * DAY));
    expect(await serialOf(arn)).not.toBe(Serial);
  });

  test("whose record is gone waits for it with PENDING_VALIDATION, starts over every 72 hours, and is renewed when it is back", async () => {
    const { arn, proofs } = await issuedWithProofs();
    await world.attach(arn);
    const { NotAfter, Serial } = await world.describe(arn);
    await proofs.withdraw();
    await world.liveUntil(later(time(NotAfter), -40 * DAY));
    const waiting = await world.describe(arn);
    expect(waiting).toMatchObject({
      Status: "ISSUED",
      Serial,
      RenewalSummary: { RenewalStatus: "PENDING_VALIDATION" },
    });
    const [{ renewalStartedAt }] = (await store.selectFrom("certificates").select("renewalStartedAt").execute()) as [
      { renewalStartedAt: number },
    ];
    expect(world.clock.now().getTime() - renewalStartedAt).toBeLessThan(72 * HOUR);

    await proofs.restore();
    await world.work();
    expect(await world.describe(arn)).toMatchObject({ Status: "ISSUED", RenewalSummary: { RenewalStatus: "SUCCESS" } });
    expect(await serialOf(arn)).not.toBe(Serial);
  });

  test("whose record never comes back is EXPIRED at its end, its renewal FAILED", async () => {
    const { arn, proofs } = await issuedWithProofs();
    await world.attach(arn);
    const { NotAfter } = await world.describe(arn);
    await proofs.withdraw();
    await world.liveUntil(later(time(NotAfter), -44 * DAY));
    world.clock.set(later(time(NotAfter), MINUTE)); // as if nothing had run for six weeks
    await world.work();
    expect(await world.describe(arn)).toMatchObject({
      Status: "EXPIRED",
      RenewalEligibility: "INELIGIBLE",
      RenewalSummary: { RenewalStatus: "FAILED", DomainValidationOptions: [{ ValidationStatus: "FAILED" }] },
    });
  });

  test("is handed to its load balancers by the same commit that puts it in force", async () => {
    const arn = await issued();
    const grantToken = await world.attach(arn);
    const balancer = BALANCER as LoadBalancerArn;
    const before = await readEdgeCertificate(store, balancer, arn);
    expect(before).toMatchObject({ names: ["www.example.com"], grantToken, encryptionContext: { "aws:acm:arn": arn } });
    expect(before?.chain.match(/BEGIN CERTIFICATE/g)).toHaveLength(3);
    const [latest] = (await edgeChangesSince(store, undefined, 100)).slice(-1);
    const { NotAfter } = await world.describe(arn);
    await world.liveUntil(later(time(NotAfter), -44 * DAY));
    expect(await edgeChangesSince(store, latest?.revision, 100)).toMatchObject([
      { subject: { kind: "certificate", loadBalancerArn: BALANCER, certificateArn: arn } },
    ]);
    const after = await readEdgeCertificate(store, balancer, arn);
    expect(after?.serial).not.toBe(before?.serial);
    expect(after?.sealedKey).not.toEqual(before?.sealedKey);
    await world.detach(arn);
    expect(await readEdgeCertificate(store, balancer, arn)).toBeUndefined();
    expect(await store.selectFrom("grants").select("id").execute()).toEqual([]);
  });

  test("cannot be deleted: ResourceInUseException names who uses it", async () => {
    const arn = await issued();
    await world.attach(arn);
    const refused = await world.call("DeleteCertificate", { CertificateArn: arn });
    expect(refused).toMatchObject({
      status: 400,
      error: "ResourceInUseException",
      body: { message: `Certificate ${arn} in account 123456789012 is in use. It is used by: ${BALANCER}.` },
    });
    await world.detach(arn);
    expect((await world.call("DeleteCertificate", { CertificateArn: arn })).status).toBe(200);
    expect(await store.selectFrom("certificateVersions").select("generation").execute()).toEqual([]);
  });
});
