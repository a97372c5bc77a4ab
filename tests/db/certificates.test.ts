import { describe, expect, test } from "vitest";
import { findSigned, prepareLeaf, signLeaf } from "#ca/issue.ts";
import { takeLeafKey } from "#custody/leaf-keys.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { renewalTime, spreadOf } from "#domain/certificate/renewal.ts";
import type { DomainName } from "#domain/names.ts";
import { DAY, HOUR, later, SECOND } from "#lib/duration.ts";
import { advanceCertificate } from "#lifecycle/advance.ts";
import { recordExpiry, recordTimeOut } from "#lifecycle/end.ts";
import { issueVersion } from "#lifecycle/issue.ts";
import { noticeRecords } from "#lifecycle/notice-records.ts";
import { startRenewal } from "#lifecycle/renew.ts";
import { insertVersion } from "#store/certificate-versions.ts";
import { readFacts } from "#store/certificates.ts";
import {
  ACCOUNT,
  BALANCER,
  type CertificateWorld,
  certificateWorld,
  prove,
  REGION,
} from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";

const EC = { KeyAlgorithm: "EC_prime256v1" };
const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

for (const database of DATABASES) {
  describe(`certificates on ${database.name}`, () => {
    const open = async (): Promise<CertificateWorld> => certificateWorld(await database.open());
    const issued = async (world: CertificateWorld, domain = "www.example.com"): Promise<CertificateArn> => {
      const arn = await world.request(domain, EC);
      await prove(world, arn);
      await world.work();
      expect((await world.describe(arn)).Status).toBe("ISSUED");
      return arn;
    };
    const count = async (world: CertificateWorld, table: "certificates" | "caIssuances" | "certificateVersions") =>
      (
        await world.store
          .selectFrom(table)
          .select((row) => row.fn.countAll<number>().as("rows"))
          .executeTakeFirstOrThrow()
      ).rows;

    test("a certificate lives its whole life", async () => {
      const world = await open();
      const arn = await issued(world);
      await world.attach(arn);
      const first = await world.describe(arn);
      await world.liveUntil(later(world.clock.now(), 190 * DAY));
      const renewed = await world.describe(arn);
      expect(renewed).toMatchObject({ Status: "ISSUED", RenewalSummary: { RenewalStatus: "SUCCESS" } });
      expect(renewed.Serial).not.toBe(first.Serial);
      await world.detach(arn);
      await world.call("DeleteCertificate", { CertificateArn: arn });
      await world.work();
      expect(await count(world, "certificates")).toEqual(0);
      expect(await count(world, "certificateVersions")).toEqual(0);
      expect(world.failures).toEqual([]);
    });

    test("64 requests at once with one token are one certificate", async () => {
      const world = await open();
      const input = { ...EC, SubjectAlternativeNames: ["*.example.com"], IdempotencyToken: "same" };
      const arns = await times(64, () => world.request("example.com", input));
      expect(new Set(arns).size).toBe(1);
      expect(await count(world, "certificates")).toEqual(1);
      world.clock.advance(HOUR);
      const later = await times(16, () => world.request("example.com", input));
      expect(new Set(later).size).toBe(1);
      expect(later[0]).not.toBe(arns[0]);
    });

    test("advances that race issue a certificate once", async () => {
      const world = await open();
      for (let round = 0; round < 5; round += 1) {
        const arn = await world.request(`r${round}.example.com`, EC);
        await prove(world, arn);
        await advanceCertificate(arn, world.deps); // proves it
        const outcomes = await Promise.allSettled(Array.from({ length: 4 }, () => advanceCertificate(arn, world.deps)));
        await world.work();
        expect(outcomes.map(({ status }) => status)).toContain("fulfilled");
        expect(await world.describe(arn)).toMatchObject({ Status: "ISSUED" });
        const signed = await world.store
          .selectFrom("caIssuances")
          .select("state")
          .where("certificateArn", "=", arn)
          .where("state", "=", "signed")
          .execute();
        expect(signed).toHaveLength(1);
        const acts = await world.store
          .selectFrom("auditRecords")
          .select("eventName")
          .where("resource", "=", arn)
          .where("eventName", "=", "CertificateIssued")
          .execute();
        expect(acts).toHaveLength(1);
      }
    });

    test("a step that was decided before somebody else did it is not done again", async () => {
      const world = await open();
      const arn = await issued(world);
      await issueVersion(arn, "issued", world.deps);
      await issueVersion(arn, "renewed", world.deps);
      await world.attach(arn);
      const { NotAfter } = await world.describe(arn);
      await world.liveUntil(later(new Date(NotAfter * 1000), -44 * DAY));
      await issueVersion(arn, "renewed", world.deps);
      await startRenewal(arn, "start-renewal", world.deps);
      await startRenewal(arn, "restart-renewal", world.deps);
      await recordExpiry(arn, world.deps);
      await recordTimeOut(arn, world.deps);
      expect(await world.describe(arn)).toMatchObject({
        Status: "ISSUED",
        RenewalSummary: { RenewalStatus: "SUCCESS" },
      });
      const states = await world.store.selectFrom("caIssuances").select(["generation", "state"]).execute();
      expect(states).toEqual([
        { generation: 1, state: "signed" },
        { generation: 2, state: "signed" },
      ]);
      expect(world.failures).toEqual([]);
    });

    describe("a process that died", () => {
      /** A certificate whose domains are proven, and what was done for it before the process died. */
      const proven = async (world: CertificateWorld): Promise<CertificateArn> => {
        const arn = await world.request("www.example.com", EC);
        await prove(world, arn);
        await advanceCertificate(arn, world.deps);
        return arn;
      };
      const makeKey = (world: CertificateWorld, arn: CertificateArn): Promise<Uint8Array> =>
        world.store.transaction().execute(async (tx) => {
          const { spki, envelope } = await takeLeafKey(tx, "EC_prime256v1", world.caller(), arn, world.deps);
          const madeAt = world.clock.now().getTime();
          await insertVersion(tx, {
            certificateArn: arn,
            generation: 1,
            subjectPublicKeyInfo: spki,
            madeAt,
            sealed: envelope,
          });
          return spki;
        });
      const prepare = async (world: CertificateWorld, arn: CertificateArn) => {
        const subjectPublicKeyInfo = await makeKey(world, arn);
        const leaf = {
          certificateArn: arn,
          generation: 1,
          subjectPublicKeyInfo,
          names: ["www.example.com" as DomainName],
          validity: 30 * DAY,
        };
        return await world.store.transaction().execute((tx) => prepareLeaf(tx, leaf, world.deps));
      };

      test("after the intent was written leaves a certificate that is issued with the same key", async () => {
        const world = await open();
        const arn = await proven(world);
        await prepare(world, arn);
        await world.work();
        expect((await world.describe(arn)).Status).toBe("ISSUED");
        expect(await count(world, "certificateVersions")).toEqual(1);
        expect(world.failures).toEqual([]);
      });

      test("while it signed leaves a certificate that is issued by a new intent", async () => {
        const world = await open();
        const arn = await proven(world);
        const { intentId } = await prepare(world, arn);
        await world.store
          .updateTable("caIssuances")
          .set({ state: "signing", signingAt: world.clock.now().getTime() })
          .where("id", "=", intentId)
          .execute();
        await world.work();
        expect((await world.describe(arn)).Status).toBe("PENDING_VALIDATION"); // the other one may still be alive
        await world.liveUntil(later(world.clock.now(), 30 * SECOND));
        expect((await world.describe(arn)).Status).toBe("ISSUED");
        const states = await world.store.selectFrom("caIssuances").select("state").orderBy("preparedAt").execute();
        expect(states.map(({ state }) => state)).toEqual(["abandoned", "signed"]);
      });

      test("after it signed leaves a certificate that is issued with that very signature", async () => {
        const world = await open();
        const arn = await proven(world);
        const { serial } = await signLeaf(await prepare(world, arn), world.deps);
        await world.work();
        expect((await world.describe(arn)).Serial.replaceAll(":", "")).toBe(serial);
        expect(await count(world, "caIssuances")).toEqual(1);
        expect(await findSigned(world.store, arn, 2, world)).toBeUndefined();
      });
    });

    test("a certificate is either attached or deleted, never both", async () => {
      const world = await open();
      for (let round = 0; round < 8; round += 1) {
        const arn = await issued(world, `r${round}.example.com`);
        const attach = () => world.attach(arn);
        const remove = async () => {
          const { error } = await world.call("DeleteCertificate", { CertificateArn: arn });
          if (error) throw new Error(error);
        };
        const [one, other] = await Promise.allSettled(round % 2 === 0 ? [attach(), remove()] : [remove(), attach()]);
        expect([one.status, other.status].toSorted()).toEqual(["fulfilled", "rejected"]);
        const users = await world.store
          .selectFrom("certificateAssociations")
          .select("resourceArn")
          .where("certificateArn", "=", arn)
          .execute();
        const there = (await world.call("DescribeCertificate", { CertificateArn: arn })).status === 200;
        expect(users.length === 1).toBe(there);
      }
    });

    test("many resources attach at once, each with a grant of its own; attaching again is the same", async () => {
      const world = await open();
      const arn = await issued(world);
      const tokens = await times(20, (index) => world.attach(arn, `${BALANCER}${index % 10}`));
      expect(new Set(tokens).size).toBe(10);
      expect((await world.describe(arn)).InUseBy).toHaveLength(10);
      expect(await world.store.selectFrom("grants").select("granteePrincipal").execute()).toHaveLength(10);
      await times(10, (index) => world.detach(arn, `${BALANCER}${index}`));
      expect((await world.describe(arn)).InUseBy).toEqual([]);
      expect(await world.store.selectFrom("grants").select("id").execute()).toEqual([]);
    });

    test.for<[why: string, arn: string, code: string, message: string]>([
      [
        "an unknown one",
        `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/unknown`,
        "certificate-not-found",
        "There is no certificate",
      ],
      [
        "one of another region",
        `arn:aws:acm:us-east-1:${ACCOUNT}:certificate/unknown`,
        "certificate-wrong-region",
        "is in us-east-1; here it must be one of eu-west-1",
      ],
      [
        "one of another account",
        `arn:aws:acm:${REGION}:999999999999:certificate/unknown`,
        "certificate-wrong-account",
        "belongs to account 999999999999",
      ],
      ["what is no certificate", `arn:aws:kms:${REGION}:${ACCOUNT}:key/1`, "certificate-arn-invalid", "Invalid arn"],
    ])("%s cannot be attached", async ([, arn, code, message]) => {
      const world = await open();
      await expect(world.attach(arn)).rejects.toMatchObject({ code, message: expect.stringContaining(message) });
    });

    test("a pending one and an expired one cannot be attached, and the reason is given", async () => {
      const world = await open();
      const pending = await world.request("pending.example.com", EC);
      await expect(world.attach(pending)).rejects.toMatchObject({
        code: "certificate-unusable",
        message: expect.stringContaining("PENDING_VALIDATION"),
      });
      const arn = await issued(world);
      world.clock.advance(199 * DAY); // nobody has looked since
      await expect(world.attach(arn)).rejects.toMatchObject({
        code: "certificate-unusable",
        message: expect.stringContaining("has expired"),
      });
    });

    test("records that are written while they are looked up are not missed, and nobody waits for nobody", async () => {
      const world = await open();
      const names = Array.from({ length: 20 }, (_, index) => `n${index}.example.com`);
      const arns = await times(4, () => world.request("example.com", { ...EC, SubjectAlternativeNames: names }));
      const { DomainValidationOptions } = await world.describe(arns[0]!);
      const records = DomainValidationOptions.map(({ ResourceRecord }: never) => ResourceRecord) as { Name: string }[];
      const noticed = records.map(({ Name }) => Name.toUpperCase()).toReversed();
      await Promise.all([
        ...arns.map((arn) => advanceCertificate(arn, world.deps)),
        ...Array.from({ length: 8 }, () =>
          world.store.transaction().execute((tx) => noticeRecords(tx, noticed, world.deps)),
        ),
      ]);
      await prove(world, arns[0]!);
      await world.work();
      for (const arn of arns) expect((await world.describe(arn)).Status).toBe("ISSUED");
    });

    test("tags that are added at the same time are all there", async () => {
      const world = await open();
      const arn = await world.request("example.com", EC);
      await times(20, (index) =>
        world.call("AddTagsToCertificate", { CertificateArn: arn, Tags: [{ Key: `k${index}`, Value: "v" }] }),
      );
      const { body } = await world.call("ListTagsForCertificate", { CertificateArn: arn });
      expect(body.Tags).toHaveLength(20);
    });

    test("a list is walked without loss while certificates come and go", async () => {
      const world = await open();
      const input = { Includes: { keyTypes: ["EC_prime256v1"] }, MaxItems: 7 };
      const stay: string[] = [];
      for (let index = 0; index < 30; index += 1) {
        stay.push(await world.request(`s${index}.example.com`, EC)); // several in one millisecond
        if (index % 4 === 0) world.clock.advance(1);
      }
      const gone = await world.request("gone.example.com", EC);
      const seen: string[] = [];
      let NextToken: string | undefined;
      do {
        const { body } = await world.call("ListCertificates", { ...input, ...(NextToken ? { NextToken } : {}) });
        seen.push(
          ...body.CertificateSummaryList.map(({ CertificateArn }: { CertificateArn: string }) => CertificateArn),
        );
        NextToken = body.NextToken;
        if (seen.length === 7) await world.call("DeleteCertificate", { CertificateArn: gone });
      } while (NextToken);
      expect(seen.toSorted()).toEqual(stay.toSorted());
      expect(new Set(seen).size).toBe(seen.length);
    });

    test("a page looks at a bounded number of certificates, however many there are", async () => {
      const world = await open();
      const rows = Array.from({ length: 6_000 }, (_, index) => ({
        arn: `arn:aws:acm:${REGION}:${ACCOUNT}:certificate/${index}` as CertificateArn,
        account: ACCOUNT,
        region: REGION,
        createdAt: index,
        type: "AMAZON_ISSUED" as const,
        keyPairOrigin: "AWS_MANAGED" as const,
        status: "FAILED" as const,
        keyAlgorithm: index === 5_999 ? ("RSA_2048" as const) : ("EC_prime256v1" as const),
        domainName: "example.com" as DomainName,
        names: '["example.com"]',
        exportOption: "DISABLED" as const,
        generation: 0,
        keyUsages: "",
        extendedKeyUsages: "",
        renewal: "NONE" as const,
      }));
      for (let at = 0; at < rows.length; at += 1_000) {
        await world.store
          .insertInto("certificates")
          .values(rows.slice(at, at + 1_000))
          .execute();
      }
      const first = await world.call("ListCertificates", {});
      expect(first.body.CertificateSummaryList).toEqual([]);
      const second = await world.call("ListCertificates", { NextToken: first.body.NextToken });
      expect(second.body.CertificateSummaryList).toHaveLength(1);
      expect(second.body.NextToken).toBeUndefined();
    });

    test("a renewal that fails is tried again, and shows that it failed", async () => {
      const world = await open();
      const arn = await issued(world);
      await world.attach(arn);
      const { validity } = (await readFacts(world.store, arn)) ?? {};
      const due = renewalTime(validity!, world.deps, spreadOf(arn));
      await world.liveUntil(later(due, -SECOND));
      world.clock.set(due);
      await advanceCertificate(arn, world.deps); // begins it
      await advanceCertificate(arn, world.deps); // proves the domain again
      await expect(issueVersion(arn, "renewed", { ...world.deps, leafLifetime: 1 })).rejects.toThrow();
      expect((await world.describe(arn)).RenewalSummary).toMatchObject({
        RenewalStatus: "PENDING_AUTO_RENEWAL",
        RenewalStatusReason: "OTHER",
      });
      await world.work();
      const { RenewalSummary } = await world.describe(arn);
      expect(RenewalSummary).toMatchObject({ RenewalStatus: "SUCCESS" });
      expect(RenewalSummary).not.toHaveProperty("RenewalStatusReason");
    });

    test("a request for what the CA may not sign is FAILED, for good", async () => {
      const world = await open();
      const arn = await world.request("10.0.0.10", EC);
      await world.store
        .updateTable("domainValidations")
        .set({ status: "SUCCESS" })
        .where("certificateArn", "=", arn)
        .execute();
      await world.work();
      expect(await world.describe(arn)).toMatchObject({ Status: "FAILED", FailureReason: "OTHER" });
      expect(await count(world, "certificateVersions")).toEqual(0);
      expect(await world.store.selectFrom("jobs").select("task").execute()).toEqual([]);
    });

    test("an issue that fails is tried again, and the reason stands with the certificate", async () => {
      const world = await open();
      const arn = await world.request("www.example.com", EC);
      await prove(world, arn);
      await advanceCertificate(arn, world.deps);
      const broken = { ...world.deps, leafLifetime: 1 };
      await expect(issueVersion(arn, "issued", broken)).rejects.toThrow("at least one minute");
      const [row] = await world.store.selectFrom("certificates").select(["status", "trouble"]).execute();
      expect(row).toMatchObject({
        status: "PENDING_VALIDATION",
        trouble: expect.stringContaining("at least one minute"),
      });
      await world.work();
      const [after] = await world.store.selectFrom("certificates").select(["status", "trouble"]).execute();
      expect(after).toEqual({ status: "ISSUED", trouble: null });
    });
  });
}
