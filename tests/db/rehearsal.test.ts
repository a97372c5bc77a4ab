import { describe, expect, test } from "vitest";
import { Signers } from "#ca/signers.ts";
import { keyFileRoot } from "#custody/root.ts";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { Region } from "#domain/names.ts";
import type { CheckName } from "#domain/rehearsal/rehearsal.ts";
import { DAY, HOUR, later, MINUTE } from "#lib/duration.ts";
import { describeRehearsal, lastRound } from "#rehearsal/describe.ts";
import { listRehearsals } from "#rehearsal/list.ts";
import { certificateRegions, rehearseNow, rehearsePage } from "#rehearsal/now.ts";
import { recordRehearsal } from "#rehearsal/record.ts";
import { type RehearseDeps, rehearse } from "#rehearsal/rehearse.ts";
import { planRounds, promiseRounds, type RoundDeps, rehearseSome } from "#rehearsal/round.ts";
import { putServing } from "#store/edge-reports.ts";
import { putEdge } from "#store/edges.ts";
import { findAliasTarget } from "#store/key-aliases.ts";
import { readRound } from "#store/rehearsal-rounds.ts";
import type { Store } from "#store/store.ts";
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
const SUBJECT = `${ACCOUNT}/${REGION}`;

for (const database of DATABASES) {
  describe(`rehearsals (${database.name})`, () => {
    async function open(): Promise<CertificateWorld & { readonly rehearsing: RoundDeps }> {
      const world = await certificateWorld(await database.open());
      return { ...world, rehearsing: { ...world.deps, ownerTag: "owner", rehearseEvery: DAY } };
    }

    async function used(world: CertificateWorld, domain = "www.shop.test", tags: object = {}) {
      const arn = await world.request(domain, { ...EC, ...tags });
      const proofs = await prove(world, arn);
      await world.work();
      await world.attach(arn);
      await world.work();
      return { arn, proofs };
    }

    /** What the checks found, by name: the outcome and the message. */
    async function found(arn: CertificateArn, deps: RehearseDeps) {
      const rehearsal = await rehearse(arn, deps);
      const by = (check: CheckName) => rehearsal?.findings.filter((finding) => finding.check === check) ?? [];
      return { rehearsal: rehearsal!, by };
    }

    test("a certificate that is used and proved would be renewed, and every check passed", async () => {
      const world = await open();
      const { arn } = await used(world);
      const { rehearsal } = await found(arn, world.rehearsing);
      expect(rehearsal.findings.filter(({ outcome }) => outcome === "FAILED")).toEqual([]);
      expect(rehearsal).toMatchObject({ verdict: "WOULD_RENEW", actBy: undefined, owner: undefined });
      expect(rehearsal.renewsAt!.getTime()).toBeLessThan((await world.describe(arn)).NotAfter * 1000 - 45 * DAY);
      expect(rehearsal.findings.map(({ check }) => check)).toEqual(
        expect.arrayContaining(["ELIGIBILITY", "NAMES", "KEY_ALGORITHM", "VALIDATION", "AUTHORITY", "GRANTS"]),
      );
    });

    test("one whose record is gone would not: the record to write, its owner and the date are told", async () => {
      const world = await open();
      const { arn, proofs } = await used(world, "www.shop.test", { Tags: [{ Key: "Owner", Value: "shop team" }] });
      await proofs.withdraw();
      const { rehearsal } = await found(arn, world.rehearsing);
      const { DomainValidationOptions, NotAfter } = await world.describe(arn);
      const { Name, Value } = DomainValidationOptions[0].ResourceRecord;
      expect(rehearsal).toMatchObject({
        verdict: "WOULD_NOT_RENEW",
        problem: expect.stringContaining("There is no CNAME record"),
        record: { name: Name.replace(/\.$/, ""), type: "CNAME", value: Value.replace(/\.$/, "") },
        owner: "shop team",
        actBy: new Date(NotAfter * 1000),
      });
      await proofs.restore();
      expect((await found(arn, world.rehearsing)).rehearsal.verdict).toBe("WOULD_RENEW");
    });

    test("a rehearsal changes nothing: every row of every table stays what it was", async () => {
      const world = await open();
      const { arn, proofs } = await used(world);
      await proofs.withdraw();
      const before = await everyRow(world.store);
      await rehearse(arn, world.rehearsing);
      expect(await everyRow(world.store)).toEqual(before);
      const { rehearsal } = await found(arn, world.rehearsing);
      await recordRehearsal(rehearsal, world.rehearsing);
      const after = await everyRow(world.store);
      expect(after.get("certificate_rehearsals")).toHaveLength(1);
      expect(after.get("events")?.length).toBe((before.get("events")?.length ?? 0) + 1); // it says that it would not renew
      for (const table of ["certificate_rehearsals", "events", "event_deliveries", "jobs"]) {
        before.delete(table);
        after.delete(table);
      }
      expect(after).toEqual(before);
    });

    test("one that nobody uses, and one that was imported or expired, are told apart", async () => {
      const world = await open();
      const { arn } = await used(world);
      await world.detach(arn);
      expect((await found(arn, world.rehearsing)).rehearsal).toMatchObject({
        verdict: "NOT_RENEWED_BY_US",
        problem: expect.stringContaining("Nobody uses it"),
        actBy: expect.any(Date),
        renewsAt: undefined,
      });
      const { arn: lost, proofs } = await used(world, "www.lost.test");
      await proofs.withdraw();
      world.clock.advance(199 * DAY);
      await world.work();
      expect((await world.describe(lost)).Status).toBe("EXPIRED");
      expect((await found(lost, world.rehearsing)).rehearsal).toMatchObject({
        verdict: "WOULD_NOT_RENEW",
        problem: expect.stringMatching(/It is expired .* still serves it/),
      });
    });

    test("an ended grant, a disabled key and an edge with an old version are found", async () => {
      const world = await open();
      const { arn } = await used(world);
      const now = world.clock.now().getTime();
      const edge = { edge: "one", instance: "1", connectedAt: now, seenAt: now, revision: "" };
      await putEdge(world.store, edge);
      const { by: unserved } = await found(arn, world.rehearsing);
      expect(unserved("EDGES")).toMatchObject([{ outcome: "WARNING", message: expect.stringContaining("No edge") }]);

      const report = { edge: "one", loadBalancerArn: BALANCER as LoadBalancerArn, at: now };
      await putServing(world.store, report, [{ certificateArn: arn, serial: "00ff" }]);
      world.clock.advance(HOUR);
      await putEdge(world.store, { ...edge, seenAt: world.clock.now().getTime() });
      const { by: stale } = await found(arn, world.rehearsing);
      expect(stale("EDGES")).toMatchObject([{ outcome: "FAILED", message: expect.stringContaining("one (00ff)") }]);
      world.clock.advance(10 * MINUTE);
      const { by: away } = await found(arn, world.rehearsing);
      expect(away("EDGES").map(({ outcome }) => outcome)).toEqual(["WARNING", "WARNING"]);

      const keyId = await findAliasTarget(world.store, world.caller(), "alias/aws/acm");
      await world.store.updateTable("masterKeys").set({ state: "Disabled" }).where("id", "=", keyId!).execute();
      const { by: disabled, rehearsal } = await found(arn, world.rehearsing);
      expect(disabled("ENCRYPTION_KEY")).toMatchObject([
        { outcome: "FAILED", message: expect.stringContaining("Disabled") },
      ]);
      expect(disabled("GRANTS")).toMatchObject([{ outcome: "FAILED", message: expect.stringContaining("Disabled") }]);
      expect(rehearsal.verdict).toBe("WOULD_NOT_RENEW");
      await world.store.deleteFrom("grants").where("keyId", "=", keyId!).execute();
      const { by: ended } = await found(arn, world.rehearsing);
      expect(ended("GRANTS")).toMatchObject([{ outcome: "FAILED", message: expect.stringContaining("ended by hand") }]);
    });

    test("a CA that ends too soon, and a root of custody that is another one, are found", async () => {
      const world = await open();
      const { notAfter } = await world.deps.signers.issuer(world.store, "ec1");
      world.clock.set(later(notAfter, -60 * DAY));
      const { arn } = await used(world);
      const short = await found(arn, world.rehearsing);
      expect(short.by("AUTHORITY")).toMatchObject([
        { outcome: "WARNING", message: expect.stringMatching(/would live (29|30) days only/) },
      ]);
      expect(short.rehearsal.verdict).toBe("WOULD_RENEW");

      const root = keyFileRoot(Buffer.alloc(32, 8));
      const stranger = { ...world.rehearsing, root, signers: new Signers({ root, caUrl: "http://127.0.0.1:4566" }) };
      const foreign = await found(arn, stranger);
      expect(foreign.by("AUTHORITY")).toMatchObject([
        { outcome: "FAILED", message: expect.stringContaining("cannot sign") },
      ]);
      expect(foreign.by("ENCRYPTION_KEY")).toMatchObject([
        { outcome: "FAILED", message: expect.stringContaining("not the root of custody") },
      ]);
    });

    test("a check that breaks is told as a failure, and does not hide the others", async () => {
      const world = await open();
      const { arn } = await used(world);
      const broken = { ...world.rehearsing, product: undefined as never };
      const { by, rehearsal } = await found(arn, broken);
      expect(by("VALIDATION")).toMatchObject([
        { outcome: "FAILED", message: expect.stringContaining("could not be looked at") },
      ]);
      expect(by("GRANTS")).toMatchObject([{ outcome: "PASSED" }]);
      expect(rehearsal.verdict).toBe("WOULD_NOT_RENEW");
    });

    test("is kept, listed the worst first page by page, filtered by owner and verdict, and goes with the certificate", async () => {
      const world = await open();
      const caller = world.caller();
      for (const [index, team] of ["red", "blue", "red", "blue", "red"].entries()) {
        const { arn, proofs } = await used(world, `www${index}.shop.test`, { Tags: [{ Key: "owner", Value: team }] });
        if (index % 2 === 1) await proofs.withdraw();
        if (index === 4) await world.detach(arn);
      }
      let token: string | undefined;
      let rehearsed = 0;
      do {
        const page = await rehearsePage({ limit: 2, pageToken: token }, caller, world.rehearsing);
        rehearsed += page.rehearsals.length;
        token = page.nextToken;
      } while (token !== undefined);
      expect(rehearsed).toBe(5);

      const all = { verdict: undefined, owner: undefined, limit: 2, pageToken: undefined };
      const first = await listRehearsals(all, caller, world.rehearsing);
      const second = await listRehearsals({ ...all, pageToken: first.nextToken }, caller, world.rehearsing);
      const third = await listRehearsals({ ...all, pageToken: second.nextToken }, caller, world.rehearsing);
      expect(third.nextToken).toBeUndefined();
      const listed = [first, second, third].flatMap(({ rehearsals }) => rehearsals.map(({ verdict }) => verdict));
      expect(listed).toEqual(["WOULD_NOT_RENEW", "WOULD_NOT_RENEW", "NOT_RENEWED_BY_US", "WOULD_RENEW", "WOULD_RENEW"]);

      const blue = await listRehearsals({ ...all, owner: "blue", limit: 9 }, caller, world.rehearsing);
      expect(blue.rehearsals.map(({ owner, domainName }) => `${owner} ${domainName}`).sort()).toEqual([
        "blue www1.shop.test",
        "blue www3.shop.test",
      ]);
      const fine = await listRehearsals(
        { ...all, verdict: "WOULD_RENEW", owner: "red", limit: 9 },
        caller,
        world.rehearsing,
      );
      expect(fine.rehearsals.map(({ domainName }) => domainName).sort()).toEqual(["www0.shop.test", "www2.shop.test"]);
      const foreign = listRehearsals({ ...all, owner: "red", pageToken: first.nextToken }, caller, world.rehearsing);
      await expect(foreign).rejects.toMatchObject({ code: "page-token-invalid" });
      const others = world.caller({ region: "us-east-1" as Region });
      expect((await listRehearsals(all, others, world.rehearsing)).rehearsals).toEqual([]);

      const arn = third.rehearsals[0]!.certificateArn;
      expect(await describeRehearsal(arn, caller, world.rehearsing)).toMatchObject({ verdict: "WOULD_RENEW" });
      await world.detach(arn);
      await world.call("DeleteCertificate", { CertificateArn: arn });
      await expect(describeRehearsal(arn, caller, world.rehearsing)).rejects.toMatchObject({
        code: "certificate-not-found",
      });
      expect(await certificateRegions(caller, world.rehearsing)).toEqual([REGION]);
    });

    test("an event says that a certificate would not renew, once, and that it would again", async () => {
      const world = await open();
      const caller = world.caller();
      const { arn, proofs } = await used(world);
      const told = async () =>
        (await world.store.selectFrom("events").select(["detailType", "lane", "source"]).orderBy("position").execute())
          .filter(({ lane, source }) => lane === arn && source === "sealkeeper")
          .map(({ detailType }) => detailType);
      await rehearseNow(arn, caller, world.rehearsing);
      expect(await told()).toEqual([]);
      await proofs.withdraw();
      for (let again = 0; again < 3; again += 1) {
        world.clock.advance(HOUR);
        await rehearseNow(arn, caller, world.rehearsing);
      }
      expect(await told()).toEqual(["Sealkeeper Certificate Would Not Renew"]);
      await proofs.restore();
      await rehearseNow(arn, caller, world.rehearsing);
      expect(await told()).toEqual([
        "Sealkeeper Certificate Would Not Renew",
        "Sealkeeper Certificate Would Renew Again",
      ]);
      const { body } = await world.store
        .selectFrom("events")
        .select("body")
        .where("lane", "=", arn)
        .where("source", "=", "sealkeeper")
        .orderBy("position")
        .limit(1)
        .executeTakeFirstOrThrow();
      expect(JSON.parse(body)).toMatchObject({
        source: "sealkeeper",
        resources: [arn],
        detail: { CommonName: "www.shop.test", Record: { Type: "CNAME" }, DaysToExpiry: expect.any(Number) },
      });
      const described = await describeRehearsal(arn, caller, world.rehearsing);
      expect(described.since).toBe(world.clock.now().getTime());
    });

    test("runs by itself: the plan finds every account and region, and a round is spread over the day", async () => {
      const world = await open();
      for (let number = 0; number < 30; number += 1) await used(world, `www${number}.shop.test`);
      await promiseRounds(world.rehearsing);
      await promiseRounds(world.rehearsing);
      await planRounds(world.rehearsing);
      const jobs = await world.store
        .selectFrom("jobs")
        .select(["task", "subject"])
        .where("task", "in", ["rehearsal.plan", "rehearsal.turn"])
        .orderBy("task")
        .execute();
      expect(jobs).toEqual([
        { task: "rehearsal.plan", subject: "everybody" },
        { task: "rehearsal.turn", subject: SUBJECT },
      ]);
      const began = world.clock.now();
      const again = await rehearseSome(SUBJECT, world.rehearsing);
      expect((await readRound(world.store, world.caller()))?.counts.WOULD_RENEW).toBe(25);
      expect(again!.getTime() - began.getTime()).toBe(5_000); // how many there are is not known yet
      world.clock.set(again!);
      const tomorrow = await rehearseSome(SUBJECT, world.rehearsing);
      expect(tomorrow).toEqual(later(began, DAY));
      expect(await lastRound(world.caller(), world.rehearsing)).toMatchObject({ counts: { WOULD_RENEW: 30 } });

      world.clock.set(tomorrow!);
      const next = await rehearseSome(SUBJECT, world.rehearsing);
      expect(next!.getTime() - tomorrow!.getTime()).toBe((0.9 * DAY) / 2);
      expect(await lastRound(world.caller(), world.rehearsing)).toMatchObject({ counts: { WOULD_RENEW: 30 } });
    }, 120_000);

    test("two nodes that rehearse at once, and one that is killed in between, leave one row for each certificate", async () => {
      const world = await open();
      const { arn, proofs } = await used(world);
      await proofs.withdraw();
      await Promise.all([
        rehearseNow(arn, world.caller(), world.rehearsing),
        rehearseNow(arn, world.caller(), world.rehearsing),
      ]);
      expect(await world.store.selectFrom("certificateRehearsals").select("verdict").execute()).toEqual([
        { verdict: "WOULD_NOT_RENEW" },
      ]);
      const late = (await rehearse(arn, world.rehearsing))!;
      world.clock.advance(HOUR);
      await proofs.restore();
      await rehearseNow(arn, world.caller(), world.rehearsing);
      await recordRehearsal(late, world.rehearsing); // of an hour ago: what was found since stands
      expect(await describeRehearsal(arn, world.caller(), world.rehearsing)).toMatchObject({ verdict: "WOULD_RENEW" });
    });
  });
}

/** Every row of every table, as text. */
async function everyRow(store: Store): Promise<Map<string, readonly string[]>> {
  const tables = (await store.introspection.getTables())
    .map(({ name }) => name)
    .filter((name) => !name.startsWith("kysely"));
  const rows = new Map<string, readonly string[]>();
  for (const name of tables) {
    const all = await store
      .selectFrom(name as "jobs")
      .selectAll()
      .execute();
    rows.set(name, all.map((row) => JSON.stringify(row)).sort());
  }
  return rows;
}
