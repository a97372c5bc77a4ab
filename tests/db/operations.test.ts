import { describe, expect, test } from "vitest";
import type { CertificateArn } from "#domain/arn.ts";
import { DAY, HOUR, later } from "#lib/duration.ts";
import { advanceCertificate } from "#lifecycle/advance.ts";
import { endMigration, finishMigration } from "#lifecycle/migrate.ts";
import type { Quotas } from "#lifecycle/quotas.ts";
import { type Answered, type CertificateWorld, certificateWorld, prove } from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";
import { blob } from "../support/self-signed.ts";

const EC = { KeyAlgorithm: "EC_prime256v1" };
const times = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));
const errors = (answers: readonly Answered[]): readonly (string | undefined)[] => answers.map(({ error }) => error);

for (const database of DATABASES) {
  describe(`the operations of ACM on ${database.name}`, () => {
    const open = async (): Promise<CertificateWorld> => certificateWorld(await database.open());

    const exportable = async (world: CertificateWorld, domain = "www.shop.example"): Promise<CertificateArn> => {
      const arn = await world.request(domain, { ...EC, Options: { Export: "ENABLED" } });
      await prove(world, arn);
      await world.work();
      expect((await world.describe(arn)).Status).toBe("ISSUED");
      return arn;
    };
    const hand = (world: CertificateWorld, CertificateArn: string) =>
      world.call("ExportCertificate", { CertificateArn, Passphrase: blob("1234") });
    const revoke = (world: CertificateWorld, CertificateArn: string, RevocationReason = "SUPERSEDED") =>
      world.call("RevokeCertificate", { CertificateArn, RevocationReason });

    const byEmail = async (world: CertificateWorld): Promise<CertificateArn> => {
      const arn = await world.request("www.shop.example", { ...EC, ValidationMethod: "EMAIL" });
      await world.work();
      await world.approve(arn);
      await world.work();
      expect((await world.describe(arn)).Status).toBe("ISSUED");
      return arn;
    };
    const toDns = (world: CertificateWorld, CertificateArn: string) =>
      world.call("UpdateCertificateOptions", { CertificateArn, Options: { ValidationMethod: "DNS" } });
    const writeRecord = async (world: CertificateWorld, CertificateArn: string): Promise<void> => {
      const { body } = await world.call("ListCertificateDomainValidations", { CertificateArn });
      const [{ RequestedValidationConfiguration: requested }] = body.DomainValidationSummaryList;
      const { Name, Value } = requested.ValidationChallenge.DnsValidationChallenge.ResourceRecord;
      const zone = await world.zone("www.shop.example");
      await zone.put(Name, Value);
    };

    test("export, early renewal and revocation of one certificate, and what the CA keeps of them", async () => {
      const world = await open();
      const arn = await exportable(world);
      expect((await hand(world, arn)).status).toBe(200);
      const first = (await world.describe(arn)).Serial.replaceAll(":", "");
      await world.call("RenewCertificate", { CertificateArn: arn });
      await world.work();
      const second = (await world.describe(arn)).Serial.replaceAll(":", "");
      expect((await hand(world, arn)).status).toBe(200);
      expect((await revoke(world, arn)).status).toBe(200);
      const revoked = await world.store.selectFrom("caRevocations").select("serial").execute();
      expect(new Set(revoked.map(({ serial }) => serial))).toEqual(new Set([first, second]));
      await world.call("DeleteCertificate", { CertificateArn: arn });
      expect(await world.store.selectFrom("certificateExports").select("generation").execute()).toEqual([]);
      await world.work();
      expect(world.failures).toEqual([]);
    });

    test("many exports, renewals and revocations at once: one revocation, and nothing leaves after it", async () => {
      const world = await open();
      const arn = await exportable(world);
      await hand(world, arn);
      const [revocations, exports, renewals] = await Promise.all([
        times(8, () => revoke(world, arn)),
        times(8, () => hand(world, arn)),
        times(8, () => world.call("RenewCertificate", { CertificateArn: arn })),
      ]);
      expect(errors(revocations).filter((error) => error === undefined)).toHaveLength(1);
      for (const error of errors([...revocations, ...exports, ...renewals])) {
        expect([undefined, "ValidationException"]).toContain(error);
      }
      await world.work();
      expect((await world.describe(arn)).Status).toBe("REVOKED");
      expect((await hand(world, arn)).error).toBe("ValidationException");
      expect(await world.store.selectFrom("caRevocations").select("serial").execute()).toHaveLength(1);
      expect(world.failures).toEqual([]);
    });

    test("a revocation while a renewal is being signed: no version is in force that is not revoked", async () => {
      const world = await open();
      for (let round = 0; round < 5; round += 1) {
        const arn = await exportable(world, `r${round}.shop.example`);
        await hand(world, arn);
        await world.call("RenewCertificate", { CertificateArn: arn });
        await Promise.all([world.work(), revoke(world, arn)]);
        const { Serial, Status } = await world.describe(arn);
        expect(Status).toBe("REVOKED");
        const revoked = await world.store.selectFrom("caRevocations").select("serial").execute();
        expect(revoked.map(({ serial }) => serial)).toContain(Serial.replaceAll(":", ""));
      }
    });

    test("of attaching and revoking at once only one succeeds", async () => {
      const world = await open();
      for (let round = 0; round < 5; round += 1) {
        const arn = await exportable(world, `a${round}.shop.example`);
        await hand(world, arn);
        const [attached, revoked] = await Promise.allSettled([world.attach(arn), revoke(world, arn)]);
        const isRevoked = revoked.status === "fulfilled" && revoked.value.error === undefined;
        expect(attached.status === "fulfilled").toBe(!isRevoked);
        expect((await world.describe(arn)).InUseBy).toHaveLength(isRevoked ? 0 : 1);
      }
    });

    test("the change to DNS, asked for by many at once and finished by two nodes at once, happens once", async () => {
      const world = await open();
      const arn = await byEmail(world);
      const { NotAfter, Serial } = await world.describe(arn);
      const asked = await times(8, () => toDns(world, arn));
      expect(errors(asked).filter((error) => error === undefined)).toHaveLength(1);
      expect(errors(asked).filter((error) => error === "ConflictException")).toHaveLength(7);
      await writeRecord(world, arn);
      await times(6, () => advanceCertificate(arn, world.deps));
      await times(6, () => finishMigration(arn, world.deps));
      await times(2, () => endMigration(arn, world.deps));
      await world.work();
      expect(await world.describe(arn)).toMatchObject({
        NotAfter,
        Serial,
        UpdateSummary: { Status: "SUCCESS" },
        DomainValidationOptions: [{ ValidationMethod: "DNS", ValidationStatus: "SUCCESS" }],
      });
      const rows = await world.store.selectFrom("domainValidations").select(["purpose", "method"]).execute();
      expect(rows).toEqual([{ purpose: "ISSUE", method: "DNS" }]);
      await world.attach(arn);
      await world.liveUntil(later(new Date(NotAfter * 1000), -20 * DAY));
      expect((await world.describe(arn)).RenewalSummary).toMatchObject({
        RenewalStatus: "SUCCESS",
        DomainValidationOptions: [{ ValidationMethod: "DNS" }],
      });
      expect(world.failures).toEqual([]);
    });

    test("the change to DNS times out after 72 hours, and starts anew", async () => {
      const world = await open();
      const arn = await byEmail(world);
      await toDns(world, arn);
      await world.liveUntil(later(world.clock.now(), 72 * HOUR));
      expect((await world.describe(arn)).UpdateSummary).toMatchObject({ Status: "FAILED" });
      expect((await toDns(world, arn)).status).toBe(200);
      await writeRecord(world, arn);
      await world.work();
      expect((await world.describe(arn)).UpdateSummary).toMatchObject({ Status: "SUCCESS" });
    });

    test("64 account configurations at once with one token: one counts, other values are ConflictException", async () => {
      const world = await open();
      const put = (days: number) =>
        world.call("PutAccountConfiguration", {
          IdempotencyToken: "same",
          ExpiryEvents: { DaysBeforeExpiry: days },
        });
      expect(new Set(errors(await times(64, () => put(7))))).toEqual(new Set([undefined]));
      expect(new Set(errors(await times(16, (index) => put(8 + index))))).toEqual(new Set(["ConflictException"]));
      const { body } = await world.call("GetAccountConfiguration", {});
      expect(body.ExpiryEvents.DaysBeforeExpiry).toBe(7);
    });

    test("40 requests at once under a quota of ten are ten certificates; a year's quota counts the same", async () => {
      const world = await open();
      for (const quotas of [{ certificates: 10 }, { certificatesPerYear: 20 }] satisfies Quotas[]) {
        Object.assign(world.deps, { quotas });
        const input = { ...EC, DomainName: "www.shop.example", ValidationMethod: "DNS" };
        const answers = await times(40, () => world.call("RequestCertificate", input));
        expect(answers.filter(({ error }) => error === undefined)).toHaveLength(10);
        expect(answers.filter(({ error }) => error === "LimitExceededException")).toHaveLength(30);
      }
    });

    test("64 requests at once with one token under a quota of one are one certificate", async () => {
      const world = await open();
      Object.assign(world.deps, { quotas: { certificates: 1, certificatesPerYear: 1 } });
      const arns = await times(64, () => world.request("www.shop.example", { ...EC, IdempotencyToken: "same" }));
      expect(new Set(arns).size).toBe(1);
    });
  });
}
