import { X509Certificate } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { createServer, type Server } from "node:tls";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import { applyReport, type EdgeReport } from "#fleet/apply-report.ts";
import { followDeployments } from "#integrations/deployment/follow.ts";
import { openJournal } from "#journal/journal.ts";
import { HOUR, later, MINUTE, SECOND } from "#lib/duration.ts";
import { systemTimers } from "#lib/timers.ts";
import { readEdgeCertificate } from "#lifecycle/edge-certificate.ts";
import { listDeployments } from "#store/deployments.ts";
import { putEdgeAddress } from "#store/edge-carriage.ts";
import { insertEdgeMember } from "#store/edge-members.ts";
import { addListenerCertificate } from "#store/listener-certificates.ts";
import { insertLoadBalancer } from "#store/load-balancers.ts";
import { ACCOUNT, BALANCER, type CertificateWorld, certificateWorld, REGION } from "../support/certificate-world.ts";
import { DATABASES } from "../support/databases.ts";
import { blob, type Foreign, selfSigned } from "../support/self-signed.ts";

const LB = BALANCER as LoadBalancerArn;
const LISTENER = `${BALANCER.replace(":loadbalancer/", ":listener/")}/0123456789abcdef`;

/** A load balancer with a certificate that was imported, and edges that are TLS servers of the test's own. */
async function carried(world: CertificateWorld): Promise<Carried> {
  const { store, clock } = world;
  const first = await selfSigned({ names: ["www.shop.example"] });
  const imported = await world.call("ImportCertificate", input(first));
  const arn = imported.body.CertificateArn as CertificateArn;
  await store.transaction().execute(async (tx) => {
    await insertLoadBalancer(tx, ROW(clock.now()));
    await tx.insertInto("listeners").values(LISTENER_ROW).execute();
    const listener = { arn: LISTENER as never, loadBalancerArn: LB };
    await addListenerCertificate(tx, listener, { certificateArn: arn, isDefault: true });
  });
  await world.attach(arn);
  const rolledBack: string[] = [];
  const deps = {
    store,
    clock,
    timers: systemTimers,
    onRollBack: (_: unknown, problem: string) => void rolledBack.push(problem),
  };
  const journal = openJournal({ store, clock }, (error) => world.failures.push(error));
  onTestFinished(() => journal.flush());
  const carriedNow: Carried = {
    arn,
    first,
    rolledBack,
    follow: () => followDeployments(arn, deps),
    state: async () => (await listDeployments(store, arn))[0],
    report: (name, report) =>
      applyReport(report, { name, caller: { ...world.caller(), accessKeyId: "AKIA", requestId: "1" } as never }, {
        store,
        clock,
        journal,
      } as never),
    async edge(name, foreign) {
      const server = createServer({ cert: foreign.certificate, key: foreign.privateKey });
      server.on("tlsClientError", () => {});
      server.listen(0, "127.0.0.1");
      await once(server, "listening");
      onTestFinished(() => void server.close());
      const { port } = server.address() as AddressInfo;
      const listeners = [{ listenerArn: LISTENER, address: "127.0.0.1", port }];
      await carriedNow.report(name, { kind: "listening", loadBalancerArn: LB, listeners });
      return server;
    },
    async reimport() {
      const next = await selfSigned({ names: ["www.shop.example"] });
      const { error } = await world.call("ImportCertificate", { CertificateArn: arn, ...input(next) });
      expect(error).toBeUndefined();
      return next;
    },
    served: async () => (await readEdgeCertificate(store, LB, arn))?.serial,
  };
  return carriedNow;
}

interface Carried {
  readonly arn: CertificateArn;
  readonly first: Foreign;
  readonly rolledBack: readonly string[];
  readonly follow: () => Promise<Date | undefined>;
  readonly state: () => Promise<{ readonly state: string; readonly problem: string | null } | undefined>;
  readonly report: (edge: string, report: EdgeReport) => Promise<void>;
  readonly edge: (name: string, foreign: Foreign) => Promise<Server>;
  /** Another version of the certificate, with a key of its own. */
  readonly reimport: () => Promise<Foreign>;
  readonly served: () => Promise<string | undefined>;
}

const input = ({ certificate, privateKey }: Foreign) => ({
  Certificate: blob(certificate),
  PrivateKey: blob(privateKey),
});
const serialOf = ({ certificate }: Foreign) =>
  new X509Certificate(certificate).serialNumber.toLowerCase().replace(/^(00)+(?=..)/, "");
const swap = (server: Server, { certificate, privateKey }: Foreign) =>
  server.setSecureContext({ cert: certificate, key: privateKey });

describe.for(DATABASES)("deployments, on $name", (database) => {
  test("a version counts as deployed when every edge was seen serving it; then the key before it is destroyed", async () => {
    const world = await certificateWorld(await database.open());
    const { arn, first, follow, state, edge, reimport } = await carried(world);
    expect(await follow()).toBeUndefined();
    expect(await state()).toMatchObject({ state: "IN_PROGRESS", problem: "no edge listens with it yet" });
    const one = await edge("local-one", first);
    const two = await edge("local-two", first);
    await follow();
    expect(await state()).toMatchObject({ state: "DEPLOYED" });

    const second = await reimport();
    expect(await state()).toMatchObject({ state: "IN_PROGRESS" });
    swap(one, second);
    expect(await follow()).toEqual(later(world.clock.now(), SECOND / 4));
    const problem = `the edge local-two at ${LISTENER}: still shows ${serialOf(first)}`;
    expect(await state()).toMatchObject({ state: "IN_PROGRESS", problem });
    expect(await generations(world, arn)).toEqual([1, 2]);
    swap(two, second);
    expect(await follow()).toBeUndefined();
    expect(await state()).toMatchObject({ state: "DEPLOYED", problem: null });
    expect(await generations(world, arn)).toEqual([2]);
  });

  test("an edge that cannot serve it takes all back to the version before, until the next try", async () => {
    const world = await certificateWorld(await database.open());
    const { arn, first, follow, state, edge, reimport, report, rolledBack, served } = await carried(world);
    const one = await edge("local-one", first);
    await edge("local-two", first);
    await follow();
    const second = await reimport();
    const serial = serialOf(second);
    swap(one, second);
    const cannot = { kind: "cannot-serve", loadBalancerArn: LB, certificateArn: arn, serial, reason: "no" } as const;
    await report("local-two", cannot);
    await follow();
    expect(await served()).toBe(serial);
    world.clock.advance(2 * MINUTE);
    await report("local-two", cannot); // again: since when is kept
    expect(await follow()).toEqual(later(world.clock.now(), HOUR));
    expect(rolledBack).toEqual([`the edge local-two cannot serve ${serial}: no`]);
    expect(await state()).toMatchObject({ state: "ROLLED_BACK" });
    expect(await served()).toBe(serialOf(first));

    world.clock.advance(HOUR);
    await follow();
    expect(await state()).toMatchObject({ state: "IN_PROGRESS" });
    expect(await served()).toBe(serial);
    const third = await reimport();
    expect(await served()).toBe(serialOf(third));
    expect(await state()).toMatchObject({ state: "IN_PROGRESS", problem: null });
  });

  test("an edge that serves it after all is believed, and seen", async () => {
    const world = await certificateWorld(await database.open());
    const { arn, first, follow, state, edge, reimport, report } = await carried(world);
    const one = await edge("local-one", first);
    await follow();
    const second = await reimport();
    const about = { loadBalancerArn: LB, certificateArn: arn, serial: serialOf(second) };
    await report("local-one", { kind: "cannot-serve", ...about, reason: "KMS cannot be asked" });
    await follow();
    expect(await state()).toMatchObject({
      problem: `the edge local-one cannot serve ${about.serial}: KMS cannot be asked`,
    });
    swap(one, second);
    await report("local-one", { kind: "serving", loadBalancerArn: LB, certificates: [about] });
    world.clock.advance(HOUR);
    await follow();
    expect(await state()).toMatchObject({ state: "DEPLOYED" });
  });

  test("an edge on another machine is looked at nowhere but at its address", async () => {
    const world = await certificateWorld(await database.open());
    const { first, follow, state, edge } = await carried(world);
    const member = { edge: "faraway", zone: null, addresses: null, serial: "1", notAfter: 0, joinedAt: 0 };
    await world.store.transaction().execute((tx) => insertEdgeMember(tx, { ...member, accessKeyId: "AKIA" }));
    await edge("faraway", first);
    await follow();
    const problem = `the edge faraway at ${LISTENER}: it says that it listens at 127.0.0.1, which is not its address`;
    expect(await state()).toMatchObject({ state: "IN_PROGRESS", problem });
    await world.store.transaction().execute((tx) => putEdgeAddress(tx, "faraway", LB, "127.0.0.1"));
    await follow();
    expect(await state()).toMatchObject({ state: "DEPLOYED" });
  });

  test("it goes with the association", async () => {
    const world = await certificateWorld(await database.open());
    const { arn, first, follow, state, edge } = await carried(world);
    await edge("local-one", first);
    await follow();
    await world.detach(arn);
    expect(await state()).toBeUndefined();
    expect(await follow()).toBeUndefined();
  });
});

async function generations({ store }: CertificateWorld, arn: CertificateArn): Promise<number[]> {
  const rows = await store
    .selectFrom("certificateVersions")
    .select("generation")
    .where("certificateArn", "=", arn)
    .orderBy("generation")
    .execute();
  return rows.map(({ generation }) => generation);
}

const ROW = (createdAt: Date): Parameters<typeof insertLoadBalancer>[1] => ({
  arn: LB,
  account: ACCOUNT,
  region: REGION,
  name: "web",
  type: "application",
  scheme: "internet-facing",
  dnsName: "web",
  address: "127.0.0.9",
  state: "active",
  createdAt,
  cookieSecret: "secret",
  vpcId: "",
  zones: [],
  subnets: [],
  securityGroups: [],
  attributes: {},
});
const LISTENER_ROW = {
  arn: LISTENER,
  loadBalancerArn: LB,
  ruleArn: "rule",
  port: 443,
  protocol: "HTTPS",
  sslPolicy: null,
  alpnPolicy: null,
  defaultActions: "[]",
  mutualAuthentication: null,
  trustStoreArn: null,
  attributes: "{}",
} as never;
