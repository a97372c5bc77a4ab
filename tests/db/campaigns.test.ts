import { describe, expect, test } from "vitest";
import { rotateIntermediates } from "#ca/hierarchies/rotate.ts";
import { subjectNamesOf } from "#ca/issuer-names.ts";
import { advanceItem } from "#campaigns/advance-item.ts";
import { abortCampaign, pauseCampaign, resumeCampaign, startCampaign } from "#campaigns/change.ts";
import { type DescribedCampaign, describeCampaign, listCampaigns, listItems } from "#campaigns/describe.ts";
import { WORK } from "#campaigns/jobs.ts";
import { planCampaign } from "#campaigns/plan.ts";
import type { AskedManner, AskedSelection } from "#campaigns/read-request.ts";
import { workLane } from "#campaigns/work.ts";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import { openOf, tallyOf, totalOf } from "#domain/campaign/tally.ts";
import type { CrlReason } from "#domain/certificate/revocation.ts";
import type { AccountId } from "#domain/names.ts";
import { DAY, HOUR, later, MINUTE, SECOND } from "#lib/duration.ts";
import { advanceTurn } from "#lifecycle/advance-turn.ts";
import { takeDueItems } from "#store/campaign-items.ts";
import { readTally } from "#store/campaign-tallies.ts";
import { findCampaign } from "#store/campaigns.ts";
import { findIssuer } from "#store/issuers.ts";
import { addListenerCertificate } from "#store/listener-certificates.ts";
import { insertLoadBalancer } from "#store/load-balancers.ts";
import { findCertificateStatus } from "#store/revocations.ts";
import type { Store } from "#store/store.ts";
import {
  ACCOUNT,
  BALANCER,
  type CertificateWorld,
  certificateWorld,
  type Proofs,
  prove,
  REGION,
} from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";
import { meanwhile } from "../support/meanwhile.ts";

for (const database of DATABASES) {
  describe(`campaigns on ${database.name}`, () => {
    const open = async (): Promise<CertificateWorld> => certificateWorld(await database.open());

    test("certificates of an issuer are replaced under their ARNs, and their old serial numbers are revoked", async () => {
      const world = await open();
      const arns = await issued(world, 5);
      const before = await serials(world, arns);
      const id = await planned(world, { issuer: "ec1" });
      expect(await told(world, id)).toMatchObject({
        campaign: { state: "PLANNED" },
        plan: { certificates: 5, fates: { REPLACE: 5 }, exposures: { UNUSED: 5 } },
      });
      expect(await serials(world, arns)).toEqual(before); // nothing was changed

      await startCampaign(id, { sameIssuer: true, rate: 0 }, world.caller(), world.deps);
      await world.work();
      expect(world.failures).toEqual([]);
      const after = await serials(world, arns);
      expect(new Set([...before, ...after]).size).toBe(10);
      for (const serial of before) expect(await isRevoked(world, serial), serial).toBe(true);
      for (const serial of after) expect(await isRevoked(world, serial), serial).toBe(false);
      for (const arn of arns) expect((await world.describe(arn)).Status).toBe("ISSUED");
      const { campaign, tally } = await told(world, id);
      expect(campaign.state).toBe("FINISHED");
      expect(tally).toMatchObject({ done: 5, replaced: 5, revoked: 5, pending: 0, troubled: 0 });
      await expectExact(world.store, id);
    });

    test("the same issuer may sign the new versions only where that is said", async () => {
      const world = await open();
      await issued(world, 1);
      const id = await planned(world, { issuer: await nameOfEc1(world) });
      await expect(startCampaign(id, {}, world.caller(), world.deps)).rejects.toMatchObject({
        code: "campaign-issuer-still-signs",
        message: expect.stringContaining("roll over"),
      });
      expect((await told(world, id)).campaign.state).toBe("PLANNED");
    });

    test("a certificate in use is revoked only when its load balancer was seen with the new version", async () => {
      const world = await open();
      const [arn = ""] = await issued(world, 1);
      await served(world, arn as CertificateArn);
      const [old = ""] = await serials(world, [arn]);
      const id = await started(world, { keyAlgorithms: ["EC_prime256v1"] });
      await world.work();
      expect((await serials(world, [arn]))[0]).not.toBe(old);
      const [waits] = await items(world, id);
      expect(waits).toMatchObject({ state: "SETTLING", problem: expect.any(String), revokedAt: null });
      expect(await isRevoked(world, old)).toBe(false);

      await world.store
        .updateTable("deployments")
        .set({ state: "DEPLOYED" })
        .where("certificateArn", "=", arn as CertificateArn)
        .execute();
      await world.liveUntil(later(world.clock.now(), 2 * MINUTE));
      expect(await isRevoked(world, old)).toBe(true);
      expect((await told(world, id)).campaign.state).toBe("FINISHED");
    });

    test("what cannot be proved any more is listed with the reason, does not block the others, and goes on when it can", async () => {
      const world = await open();
      const stuck = await issuedOne(world, "www.stuck.test");
      await issued(world, 3);
      await stuck.proofs.withdraw();
      const [old = ""] = await serials(world, [stuck.arn]);
      const id = await started(world, { statuses: ["ISSUED"] });
      await world.work();
      expect((await told(world, id)).tally).toMatchObject({ done: 3, replacing: 1, troubled: 1 });
      const [first] = (await items(world, id)).filter(({ state }) => state === "REPLACING");
      expect(first).toMatchObject({ domainName: "www.stuck.test", problem: expect.stringContaining("CNAME") });
      expect(await isRevoked(world, old)).toBe(false);

      await stuck.proofs.restore();
      await world.liveUntil(later(world.clock.now(), 30 * MINUTE));
      expect(await told(world, id)).toMatchObject({ campaign: { state: "FINISHED" }, tally: { done: 4, troubled: 0 } });
      expect(await isRevoked(world, old)).toBe(true);
      await expectExact(world.store, id);
    });

    test("at the deadline what is left is revoked where that is wanted, and replaced when it can be", async () => {
      const world = await open();
      const { stuck, old, id } = await beforeDeadline(world);
      expect(await isRevoked(world, old)).toBe(false);
      await world.liveUntil(later(world.clock.now(), MINUTE));
      expect(await isRevoked(world, old)).toBe(true);
      expect(await told(world, id)).toMatchObject({
        campaign: { state: "RUNNING" },
        tally: { revoked: 1, replaced: 0 },
      });
      await stuck.proofs.restore();
      await world.liveUntil(later(world.clock.now(), HOUR));
      expect(await told(world, id)).toMatchObject({
        campaign: { state: "FINISHED" },
        tally: { revoked: 1, replaced: 1 },
      });
    });

    test("a new version that comes in force at the deadline is not revoked with the one before", async () => {
      const world = await open();
      const { stuck, old, id } = await beforeDeadline(world);
      world.clock.advance(2 * SECOND);
      const campaign = (await findCampaign(world.store, id))!;
      const now = world.clock.now().getTime();
      const [item] = await takeDueItems(world.store, { campaignId: id, lane: 0, now, leaseEnd: now + MINUTE }, 1);
      const renewed = async (): Promise<void> => {
        await stuck.proofs.restore();
        world.clock.advance(MINUTE);
        for (let turns = 5; turns > 0; turns -= 1) await advanceTurn(stuck.arn as CertificateArn, world.deps);
      };
      await advanceItem(item!, campaign, 0, { ...world.deps, store: meanwhile(world.store, renewed) });
      const [fresh = ""] = await serials(world, [stuck.arn]);
      expect(fresh).not.toBe(old);
      expect(await isRevoked(world, fresh)).toBe(false);
      await world.liveUntil(later(world.clock.now(), HOUR));
      expect([await isRevoked(world, old), await isRevoked(world, fresh)]).toEqual([true, false]);
      expect(await told(world, id)).toMatchObject({
        campaign: { state: "FINISHED" },
        tally: { revoked: 1, replaced: 1 },
      });
    });

    test("one that stopped itself goes on when another issuer signs", async () => {
      const world = await open();
      const { arn } = await issuedOne(world, "www.shop.test");
      const [old = ""] = await serials(world, [arn]);
      const id = await started(world, { issuer: "ec1" });
      await world.store.updateTable("campaigns").set({ sameIssuer: 0 }).execute(); // as where nobody saw who signs
      await world.work();
      const stopped = { campaign: { state: "PAUSED", problem: expect.stringContaining("the campaign is against") } };
      expect(await told(world, id)).toMatchObject(stopped);
      await rotateIntermediates("shared", { at: world.clock.now() }, world.deps);
      await world.work();
      await resumeCampaign(id, {}, world.caller(), world.deps);
      await world.liveUntil(later(world.clock.now(), HOUR));
      expect(await told(world, id)).toMatchObject({ campaign: { state: "FINISHED" }, tally: { replaced: 1 } });
      expect(await isRevoked(world, old)).toBe(true);
    });

    test.for([
      ["before it was planned", true],
      ["after it was planned", false],
    ] as const)("one that was exported %s is revoked when its new version was exported", async ([, before]) => {
      const world = await open();
      const { arn } = await issuedOne(world, "www.out.test", { Options: { Export: "ENABLED" } });
      const exportIt = () =>
        world.call("ExportCertificate", { CertificateArn: arn, Passphrase: Buffer.from("secret").toString("base64") });
      if (before) expect((await exportIt()).error).toBeUndefined();
      const [old = ""] = await serials(world, [arn]);
      const id = await planned(world, { statuses: ["ISSUED"] });
      expect((await told(world, id)).plan.fates).toMatchObject({ [before ? "REPLACE_THEN_EXPORT" : "REPLACE"]: 1 });
      if (!before) expect((await exportIt()).error).toBeUndefined();
      await startCampaign(id, { sameIssuer: true, rate: 0 }, world.caller(), world.deps);
      await world.liveUntil(later(world.clock.now(), 10 * MINUTE));
      expect(await items(world, id)).toMatchObject([
        { state: "SETTLING", problem: expect.stringContaining("exported") },
      ]);
      expect(await isRevoked(world, old)).toBe(false);
      expect((await exportIt()).error).toBeUndefined();
      await world.liveUntil(later(world.clock.now(), 5 * MINUTE));
      expect(await isRevoked(world, old)).toBe(true);
      expect((await told(world, id)).campaign.state).toBe("FINISHED");
    });

    test("an ACME client is told to renew, and revoked at the deadline where it has not", async () => {
      const world = await open();
      const { arn } = await issuedOne(world, "www.client.test");
      // What matters of it here: its key is not ours.
      const acme = { keyPairOrigin: "ACME" } as object;
      await world.store
        .updateTable("certificates")
        .set(acme)
        .where("arn", "=", arn as CertificateArn)
        .execute();
      const [old = ""] = await serials(world, [arn]);
      const id = await started(world, { statuses: ["ISSUED"] }, { deadline: HOUR, revokeAtDeadline: true });
      await world.work();
      expect(await items(world, id)).toMatchObject([
        { fate: "CLIENT_RENEWS", state: "REPLACING", problem: expect.stringContaining("ACME client") },
      ]);
      const row = await world.store
        .selectFrom("certificates")
        .select("renewAt")
        .where("arn", "=", arn as CertificateArn)
        .executeTakeFirst();
      expect(row?.renewAt).toBe(world.clock.now().getTime()); // what ARI answers from
      expect(await isRevoked(world, old)).toBe(false);
      await world.liveUntil(later(world.clock.now(), HOUR + MINUTE));
      expect(await isRevoked(world, old)).toBe(true);
      expect(await told(world, id)).toMatchObject({
        campaign: { state: "FINISHED" },
        tally: { done: 1, revoked: 1, replaced: 0 },
      });
    });

    test("one that was renewed meanwhile is not replaced twice", async () => {
      const world = await open();
      const [arn = ""] = await issued(world, 1);
      const [old = ""] = await serials(world, [arn]);
      const id = await planned(world, { keyAlgorithms: ["EC_prime256v1"] });
      await world.attach(arn);
      await world.liveUntil(later(world.clock.now(), 160 * DAY));
      const [renewed = ""] = await serials(world, [arn]);
      expect(renewed).not.toBe(old);
      await startCampaign(id, { sameIssuer: true }, world.caller(), world.deps);
      await world.liveUntil(later(world.clock.now(), 5 * MINUTE));
      expect(await serials(world, [arn])).toEqual([renewed]);
      expect(await isRevoked(world, old)).toBe(true);
      expect(await isRevoked(world, renewed)).toBe(false);
    });

    test("a paused campaign changes nothing; resumed it goes on; what was aborted leaves every certificate whole", async () => {
      const world = await open();
      const stuck = await issuedOne(world, "www.stuck.test");
      await stuck.proofs.withdraw();
      const arns = await issued(world, 6);
      const id = await planned(world, { issuer: "ec1" });
      await startCampaign(id, { sameIssuer: true, rate: 1, concurrency: 1 }, world.caller(), world.deps);
      await workLane(`${id}/0`, world.deps);
      await pauseCampaign(id, world.caller(), world.deps);
      const paused = await told(world, id);
      expect(paused.campaign.state).toBe("PAUSED");
      await world.liveUntil(later(world.clock.now(), HOUR));
      expect((await told(world, id)).tally).toEqual(paused.tally);
      await expect(startCampaign(id, {}, world.caller(), world.deps)).rejects.toMatchObject({
        code: "campaign-state-forbids",
      });

      await resumeCampaign(id, { rate: 1, concurrency: 1 }, world.caller(), world.deps);
      await workLane(`${id}/0`, world.deps);
      await workLane(`${id}/0`, world.deps);
      await abortCampaign(id, world.caller(), world.deps);
      await world.liveUntil(later(world.clock.now(), HOUR));
      const { campaign, tally } = await told(world, id);
      expect(campaign.state).toBe("ABORTED");
      expect(openOf(tally)).toBe(0);
      expect(tally.done).toBeGreaterThan(0);
      expect(tally.left).toBeGreaterThan(0);
      expect(totalOf(tally)).toBe(7);
      for (const arn of [...arns, stuck.arn]) expect((await world.describe(arn)).Status).toBe("ISSUED");
      const ordered = await world.store
        .selectFrom("certificates")
        .select("arn")
        .where("orderedAt", "is not", null)
        .limit(100)
        .execute();
      expect(ordered).toEqual([]);
      await expectExact(world.store, id);
    });

    test("a node that dies at any place, and two at once, replace each certificate once", async () => {
      const world = await open();
      const arns = await issued(world, 12);
      const before = await serials(world, arns);
      const id = await planned(world, { issuer: "ec1" });
      await startCampaign(id, { sameIssuer: true, rate: 0, concurrency: 4 }, world.caller(), world.deps);
      let calls = 0;
      for (let dies = 1; dies <= 25; dies += 1) {
        const lanes = [0, 1, 2, 3].map((lane) =>
          workLane(`${id}/${lane}`, dying(world, dies + lane * 3)).catch(() => (calls += 1)),
        );
        await Promise.all([
          ...lanes,
          ...[0, 1].map((lane) => workLane(`${id}/${lane}`, dying(world, dies * 2)).catch(() => (calls += 1))),
        ]);
        world.clock.advance(40 * SECOND); // the leases end
        if ((await told(world, id)).campaign.state === "FINISHED") break;
      }
      await world.store
        .updateTable("jobs")
        .set({ runAt: world.clock.now().getTime() })
        .where("task", "=", WORK)
        .execute();
      await world.liveUntil(later(world.clock.now(), 15 * MINUTE));
      expect(world.failures).toEqual([]);
      expect(calls).toBeGreaterThan(0);
      expect((await items(world, id)).filter(({ state }) => state !== "DONE")).toEqual([]);
      expect((await told(world, id)).campaign.state).toBe("FINISHED");
      const generations = await world.store.selectFrom("certificates").select("generation").execute();
      expect(generations.every(({ generation }) => generation === 2)).toBe(true);
      for (const serial of before) expect(await isRevoked(world, serial), serial).toBe(true);
      await expectExact(world.store, id);
    }, 120_000);

    test("imported ones are told apart, who is no operator is refused, and lists go page by page", async () => {
      const world = await open();
      await issued(world, 3);
      const foreign = world.caller({ account: "210987654321" as AccountId });
      const selection = { issuer: "ec1" };
      const request = { selection, reason: "superseded", manner: {} } as const;
      await expect(planCampaign(request, foreign, world.deps)).rejects.toMatchObject({ code: "campaign-not-yours" });
      await expect(planCampaign({ ...request, selection: {} }, world.caller(), world.deps)).rejects.toMatchObject({
        code: "campaign-input-invalid",
      });
      for (const wrong of [
        { key: "12" },
        { keyAlgorithms: ["RSA_1"] },
        { statuses: ["GONE"] },
        { issuer: "arn:aws:acm:x" },
      ]) {
        await expect(planCampaign({ ...request, selection: wrong }, world.caller(), world.deps)).rejects.toMatchObject({
          code: "campaign-input-invalid",
        });
      }
      const empty = await planned(world, { key: "00".repeat(32) });
      await expect(startCampaign(empty, {}, world.caller(), world.deps)).rejects.toMatchObject({
        code: "campaign-empty",
      });
      const id = await planned(world, selection);
      const first = await listItems(id, { state: undefined, after: undefined, limit: 2 }, world.caller(), world.deps);
      const rest = await listItems(
        id,
        { state: undefined, after: first.at(-1)!, limit: 2 },
        world.caller(),
        world.deps,
      );
      expect(new Set([...first, ...rest].map(({ certificateArn }) => certificateArn)).size).toBe(3);
      const all = await listCampaigns(undefined, 10, world.caller(), world.deps);
      expect(all.map(({ campaign }) => campaign.id).toSorted()).toEqual([empty, id].toSorted());
      await expect(describeCampaign("0".repeat(16), world.caller(), world.deps)).rejects.toMatchObject({
        code: "campaign-not-found",
      });
    });

    test("the journal says who ordered what, and events tell of the start and the end", async () => {
      const world = await open();
      await issued(world, 1);
      const id = await started(world, { issuer: "ec1" });
      await world.work();
      const acts = await world.store
        .selectFrom("auditRecords")
        .select(["eventName", "principal"])
        .where("eventSource", "=", "campaigns.sealkeeper")
        .limit(100)
        .execute();
      expect(acts.map(({ eventName }) => eventName).toSorted()).toEqual([
        "CampaignFinished",
        "CampaignOrderedVersion",
        "CampaignPlanned",
        "CampaignRevokedVersion",
        "CampaignStarted",
      ]);
      expect(new Set(acts.map(({ principal }) => principal))).toEqual(new Set([world.caller().arn]));
      const events = await world.store
        .selectFrom("events")
        .select(["detailType", "body"])
        .where("source", "=", "sealkeeper")
        .orderBy("position")
        .limit(100)
        .execute();
      expect(events.map(({ detailType }) => detailType)).toEqual([
        "Sealkeeper Campaign Started",
        "Sealkeeper Campaign Finished",
      ]);
      expect(JSON.parse(events[1]!.body).detail).toMatchObject({ CampaignId: id, Replaced: 1, Revoked: 1, Done: 1 });
    });
  });
}

interface Issued {
  readonly arn: string;
  readonly proofs: Proofs;
}

async function issuedOne(world: CertificateWorld, domain: string, more: object = {}): Promise<Issued> {
  const arn = await world.request(domain, { KeyAlgorithm: "EC_prime256v1", ...more });
  const proofs = await prove(world, arn);
  await world.work();
  return { arn, proofs };
}

async function issued(world: CertificateWorld, count: number): Promise<readonly string[]> {
  const arns: string[] = [];
  for (let number = 0; number < count; number += 1) arns.push((await issuedOne(world, `www${number}.shop.test`)).arn);
  return arns;
}

async function planned(
  world: CertificateWorld,
  selection: AskedSelection,
  manner: AskedManner = {},
  reason: CrlReason = "superseded",
): Promise<string> {
  const { id } = await planCampaign({ selection, reason, manner }, world.caller(), world.deps);
  await world.work();
  return id;
}

async function started(world: CertificateWorld, selection: AskedSelection, manner: AskedManner = {}): Promise<string> {
  const id = await planned(world, selection);
  await startCampaign(id, { sameIssuer: true, rate: 0, ...manner }, world.caller(), world.deps);
  return id;
}

/** A certificate that cannot be renewed, a second before its campaign revokes it. */
async function beforeDeadline(world: CertificateWorld): Promise<{ stuck: Issued; old: string; id: string }> {
  const stuck = await issuedOne(world, "www.stuck.test");
  await stuck.proofs.withdraw();
  const [old = ""] = await serials(world, [stuck.arn]);
  const id = await started(world, { statuses: ["ISSUED"] }, { deadline: HOUR, revokeAtDeadline: true });
  await world.liveUntil(later(world.clock.now(), HOUR - SECOND));
  return { stuck, old, id };
}

function told(world: CertificateWorld, id: string): Promise<DescribedCampaign> {
  return describeCampaign(id, world.caller(), world.deps);
}

function items(world: CertificateWorld, id: string) {
  return listItems(id, { state: undefined, after: undefined, limit: 100 }, world.caller(), world.deps);
}

async function serials(world: CertificateWorld, arns: readonly string[]): Promise<readonly string[]> {
  return await Promise.all(arns.map(async (arn) => (await world.describe(arn)).Serial.replaceAll(":", "")));
}

async function isRevoked({ store }: CertificateWorld, serial: string): Promise<boolean> {
  return (await findCertificateStatus(store, "ec1", serial)).revocation !== undefined;
}

/** A load balancer with a certificate, and an edge that says that it listens for it where nobody answers. */
async function served(world: CertificateWorld, arn: CertificateArn): Promise<void> {
  const { store, clock } = world;
  const at = clock.now();
  await store.transaction().execute(async (tx) => {
    await insertLoadBalancer(tx, {
      arn: BALANCER as LoadBalancerArn,
      account: ACCOUNT,
      region: REGION,
      name: "web",
      type: "application",
      scheme: "internet-facing",
      dnsName: "web",
      address: "127.0.0.9",
      state: "active",
      createdAt: at,
      cookieSecret: "secret",
      vpcId: "",
      zones: [],
      subnets: [],
      securityGroups: [],
      attributes: {},
    });
    await tx
      .insertInto("listeners")
      .values({
        arn: LISTENER,
        loadBalancerArn: BALANCER,
        ruleArn: "rule",
        port: 443,
        protocol: "HTTPS",
        sslPolicy: null,
        alpnPolicy: null,
        defaultActions: "[]",
        mutualAuthentication: null,
        trustStoreArn: null,
        attributes: "{}",
      } as never)
      .execute();
    const listener = { arn: LISTENER as never, loadBalancerArn: BALANCER as LoadBalancerArn };
    await addListenerCertificate(tx, listener, { certificateArn: arn, isDefault: true });
  });
  await world.attach(arn);
  const place = { edge: "local-one", loadBalancerArn: BALANCER, listenerArn: LISTENER, address: "127.0.0.1", port: 1 };
  await store
    .insertInto("edgeListeners")
    .values({ ...place, error: null, at: at.getTime() })
    .execute();
}

const LISTENER = `${BALANCER.replace(":loadbalancer/", ":listener/")}/0123456789abcdef`;

/** The counts are what stands in the rows. */
async function expectExact(store: Store, id: string): Promise<void> {
  const rows = await store
    .selectFrom("campaignItems")
    .select(["state", "replacedAt", "revokedAt", "problem"])
    .where("campaignId", "=", id)
    .execute();
  expect(await readTally(store, id)).toEqual(tallyOf(rows));
}

/** The dependencies of a node that dies at its `count`th statement. */
function dying(world: CertificateWorld, count: number): CertificateWorld["deps"] {
  let left = count;
  const clock = {
    now: () => {
      left -= 1;
      if (left < 0) throw new Error("killed");
      return world.clock.now();
    },
  };
  return { ...world.deps, clock };
}

/** The common name of the issuer of EC leafs; every installation has a tag of its own in it. */
async function nameOfEc1({ store }: CertificateWorld): Promise<string> {
  const { certificate } = (await findIssuer(store, "ec1"))!;
  return subjectNamesOf(certificate).at(-1)!;
}
