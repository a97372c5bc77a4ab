import { once } from "node:events";
import { type AddressInfo, connect, createServer, type Socket } from "node:net";
import { describe, expect, onTestFinished, test } from "vitest";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import { edgeArn } from "#domain/arn.ts";
import type { TrustStoreArn } from "#domain/balancers/arns.ts";
import type { EdgeAction, EdgeBalancer, EdgeCertificate, EdgeSecret, EdgeTrustStore } from "#domain/edge-config.ts";
import { encodeFrame, frameReader } from "#domain/edge-frames.ts";
import { type ControlMessage, type EdgeMessage, encodeEdgeMessage, readControlMessage } from "#domain/edge-messages.ts";
import type { Caller } from "#domain/names.ts";
import { systemClock } from "#lib/clock.ts";
import { announce, type EdgeSubject } from "#store/edge-changes.ts";
import { insertEdgeMember, removeEdgeMember } from "#store/edge-members.ts";
import { listListenerReports, listServing } from "#store/edge-reports.ts";
import { listEdges } from "#store/edges.ts";
import { insertLoadBalancer } from "#store/load-balancers.ts";
import { openStore } from "#store/store.ts";
import { BALANCER, balancer, OWNER } from "../../tests/support/edge-config.ts";
import { eventually } from "../../tests/support/edge-world.ts";
import { type Link, openLink } from "./link.ts";

const CERTIFICATE = "arn:aws:acm:eu-west-1:123456789012:certificate/1" as CertificateArn;
const CALLER: Caller = {
  ...OWNER,
  kind: "edge",
  arn: edgeArn(OWNER.account, "local-1"),
  accessKeyId: "AKIAEDGE",
  requestId: "r",
};

function certificate(serial: string, grantToken = "token"): EdgeCertificate {
  const bytes = Buffer.from(serial);
  const words = { chain: "", names: ["a.test"], encryptionContext: {}, grantToken, serial };
  return {
    ...OWNER,
    ...words,
    loadBalancerArn: BALANCER,
    certificateArn: CERTIFICATE,
    wrappedDataKey: bytes,
    sealedKey: bytes,
  };
}

/** The control side with what load balancers there are in the test's hands, and any number of edges spoken by hand. */
async function control() {
  const store = await openStore("file::memory:");
  const balancers = new Map<LoadBalancerArn, EdgeBalancer>();
  const certificates = new Map<CertificateArn, EdgeCertificate>();
  const secrets = new Map<string, EdgeSecret>();
  const trustStores = new Map<string, EdgeTrustStore>();
  const active: string[] = [];
  const dropped: string[] = [];
  const heardOf: LoadBalancerArn[] = [];
  const links: Link[] = [];
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(async () => {
    for (const link of links) link.close();
    await Promise.allSettled(links.map(({ ended }) => ended));
    server.close();
    await store.destroy();
  });
  const deps = {
    store,
    clock: systemClock,
    journal: {
      record: async () => {},
      note: ({ eventName }: { eventName: string }) => void dropped.push(eventName),
      flush: async () => {},
    },
    edgeBalancer: async (_: unknown, arn: LoadBalancerArn) => balancers.get(arn),
    edgeCertificate: async (_: unknown, __: unknown, arn: CertificateArn) => certificates.get(arn),
    edgeSecret: async (_: unknown, name: string) => secrets.get(name),
    edgeTrustStore: async (_: unknown, arn: string) => trustStores.get(arn),
    balancerArns: async (_: unknown, after: LoadBalancerArn | undefined) =>
      [...balancers.keys()].filter((arn) => after === undefined || arn > after),
    onListening: (_: string, arn: LoadBalancerArn) => void heardOf.push(arn),
    markBalancerActive: async (_: unknown, arn: LoadBalancerArn) => void active.push(arn),
  };
  return {
    store,
    balancers,
    certificates,
    secrets,
    trustStores,
    active,
    dropped,
    /** Load balancers of which an edge said where it listens. */
    heardOf,
    links,
    insert: (made: EdgeBalancer) =>
      store.transaction().execute((tx) =>
        insertLoadBalancer(tx, {
          ...OWNER,
          arn: made.arn,
          type: made.type,
          dnsName: made.dnsName,
          address: made.address,
          name: "web",
          scheme: "internal",
          state: "provisioning",
          createdAt: new Date(),
          cookieSecret: "secret",
          vpcId: "",
          zones: [],
          subnets: [],
          securityGroups: [],
          attributes: {},
        }),
      ),
    /** Another machine is a member, until it is removed. */
    member: async (edge: string): Promise<{ caller: Caller; remove: () => Promise<void> }> => {
      const caller = { ...CALLER, arn: edgeArn(OWNER.account, edge) };
      const { accessKeyId } = caller;
      const rest = { zone: null, addresses: null, serial: "1", notAfter: 0, joinedAt: Date.now() };
      await store.transaction().execute((tx) => insertEdgeMember(tx, { edge, accessKeyId, ...rest }));
      const remove = async () => {
        await store.transaction().execute((tx) => removeEdgeMember(tx, edge, OWNER.account));
      };
      return { caller, remove };
    },
    announce: async (...subjects: EdgeSubject[]): Promise<void> => {
      await store.transaction().execute(async (tx) => {
        for (const subject of subjects) await announce(tx, subject);
      });
      for (const link of links) link.wake();
    },
    connect: async (caller: Caller = CALLER): Promise<{ link: Link; edge: EdgeByHand }> => {
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      const [ours] = (await once(server, "connection")) as [Socket];
      ours.on("error", () => ours.destroy());
      const link = openLink(ours, caller, deps as never);
      link.ended.catch(() => {});
      links.push(link);
      return { link, edge: byHand(socket) };
    },
  };
}

interface EdgeByHand {
  readonly socket: Socket;
  say(message: EdgeMessage): void;
  /** The kinds heard up to and with the next of `kind`, and that one. */
  hear<K extends ControlMessage["kind"]>(kind: K): Promise<{ kinds: string[]; last: ControlMessage & { kind: K } }>;
}

function byHand(socket: Socket): EdgeByHand {
  const reader = frameReader();
  const heard: ControlMessage[] = [];
  socket.on("data", (bytes) => heard.push(...reader.push(bytes).map((frame) => readControlMessage(frame)!)));
  socket.on("error", () => {});
  return {
    socket,
    say: (message) => void socket.write(encodeEdgeMessage(message)),
    hear: (kind) =>
      eventually(kind, async () => {
        const at = heard.findIndex((message) => message.kind === kind);
        if (at < 0) return undefined;
        const told = heard.splice(0, at + 1);
        return { kinds: told.map((message) => message.kind), last: told.at(-1) as never };
      }),
  };
}

const hello = (revision?: string, edge = "local-1"): EdgeMessage => ({ kind: "hello", edge, instance: "i", revision });

describe("an edge that connects", () => {
  test("is told everything when it knows nothing, certificates before what needs them", async () => {
    const world = await control();
    world.balancers.set(BALANCER, balancer({ certificates: [CERTIFICATE] }));
    world.certificates.set(CERTIFICATE, certificate("1"));
    await world.announce({ kind: "balancer", loadBalancerArn: BALANCER });
    const { edge } = await world.connect();
    edge.say(hello());
    const { kinds, last } = await edge.hear("synced");
    expect(kinds).toEqual(["welcome", "certificate-put", "balancer-put", "synced"]);
    expect(world.active).toEqual([]);
    edge.say({ kind: "ack", revision: last.revision });
    await eventually("active", async () => world.active[0]);
    expect(world.active).toEqual([BALANCER]);
    expect(await listEdges(world.store)).toMatchObject([{ edge: "local-1", instance: "i", revision: last.revision }]);
  });

  test("is told only what changed when it comes back, and everything when that is forgotten", async () => {
    const world = await control();
    world.balancers.set(BALANCER, balancer());
    await world.announce({ kind: "balancer", loadBalancerArn: BALANCER });
    const first = await world.connect();
    first.edge.say(hello());
    const { revision } = (await first.edge.hear("synced")).last;
    first.edge.socket.destroy();
    const again = await world.connect();
    again.edge.say(hello(revision));
    await again.edge.hear("welcome");
    await world.announce({ kind: "certificate", loadBalancerArn: BALANCER, certificateArn: CERTIFICATE });
    expect((await again.edge.hear("synced")).kinds).toEqual(["certificate-gone", "synced"]);
    await world.store.deleteFrom("edgeChanges").execute();
    const last = await world.connect();
    last.edge.say(hello(revision));
    expect((await last.edge.hear("welcome")).last.resync).toBe(true);
    expect((await last.edge.hear("synced")).kinds).toEqual(["balancer-put", "synced"]);
  });

  test("is told everything when it joined anew, whatever an earlier life of it followed", async () => {
    const world = await control();
    world.balancers.set(BALANCER, balancer());
    await world.announce({ kind: "balancer", loadBalancerArn: BALANCER });
    const { caller, remove } = await world.member("far");
    const first = await world.connect(caller);
    first.edge.say(hello(undefined, "far"));
    const { revision } = (await first.edge.hear("synced")).last;
    const again = await world.connect(caller);
    again.edge.say(hello(revision, "far"));
    expect((await again.edge.hear("welcome")).last.resync).toBe(false);
    await remove();
    const anew = await world.connect((await world.member("far")).caller);
    anew.edge.say(hello(revision, "far"));
    expect((await anew.edge.hear("synced")).kinds).toEqual(["welcome", "balancer-put", "synced"]);
  });

  test("must say hello first, as itself, and speak the protocol", async () => {
    const world = await control();
    for (const bytes of [
      encodeEdgeMessage({ kind: "heartbeat" }),
      encodeEdgeMessage({ kind: "hello", edge: "two", instance: "i" }),
      encodeFrame(65, { edge: 1 }),
      Buffer.from("GET / HTTP/1.1\r\n\r\n"),
    ]) {
      const { link, edge } = await world.connect();
      edge.socket.write(bytes);
      await expect(link.ended).rejects.toThrow();
    }
    expect(await listEdges(world.store)).toEqual([]);
  });
});

describe("an edge that is removed", () => {
  test("while it holds its hello back is told nothing but that there is nothing", async () => {
    const world = await control();
    world.balancers.set(BALANCER, balancer());
    const { caller, remove } = await world.member("far");
    const { link, edge } = await world.connect(caller);
    await remove();
    edge.say(hello(undefined, "far"));
    expect((await edge.hear("synced")).kinds).toEqual(["welcome", "synced"]);
    await expect(link.ended).rejects.toThrow("was removed");
    expect(await listEdges(world.store)).toEqual([]);
  });

  test("is believed nothing more, and its connection ends though it reads nothing", async () => {
    const world = await control();
    world.balancers.set(BALANCER, balancer());
    await world.insert(balancer());
    const { caller, remove } = await world.member("far");
    const { link, edge } = await world.connect(caller);
    edge.say(hello(undefined, "far"));
    await edge.hear("synced");
    edge.socket.pause();
    world.balancers.set(BALANCER, balancer({ attributes: { padding: "-".repeat(15_000_000) } }));
    await world.announce({ kind: "balancer", loadBalancerArn: BALANCER });
    await eventually("more than it reads", async () => edge.socket.readableLength > 0 || undefined);
    await remove();
    const listeners = [{ listenerArn: "l", address: "127.0.0.1", port: 1 }];
    edge.say({ kind: "listening", loadBalancerArn: BALANCER, listeners });
    await expect(link.ended).rejects.toThrow("was removed");
    expect(await listListenerReports(world.store, BALANCER)).toEqual([]);
  });
});

describe("changes", () => {
  test("are told once as they stand now, and what did not change is not told again", async () => {
    const world = await control();
    world.balancers.set(BALANCER, balancer({ certificates: [CERTIFICATE] }));
    world.certificates.set(CERTIFICATE, certificate("1"));
    const { edge } = await world.connect();
    edge.say(hello());
    await edge.hear("synced");
    const subject = { kind: "certificate", loadBalancerArn: BALANCER, certificateArn: CERTIFICATE } as const;
    world.certificates.set(CERTIFICATE, certificate("2"));
    await world.announce({ kind: "balancer", loadBalancerArn: BALANCER }, subject, subject);
    expect((await edge.hear("synced")).kinds).toEqual(["balancer-put", "certificate-put", "synced"]);
    world.certificates.set(CERTIFICATE, certificate("2", "another grant"));
    await world.announce(subject);
    expect((await edge.hear("certificate-put")).last.certificate).toMatchObject({
      serial: "2",
      grantToken: "another grant",
    });
    world.certificates.delete(CERTIFICATE);
    world.balancers.delete(BALANCER);
    await world.announce(subject, { kind: "balancer", loadBalancerArn: BALANCER });
    expect((await edge.hear("certificate-gone")).kinds).toEqual(["synced", "balancer-gone", "certificate-gone"]);
  });

  test("take a certificate away when its listeners have another one, in whatever order they are announced", async () => {
    const world = await control();
    const next = `${CERTIFICATE}-next` as CertificateArn;
    world.balancers.set(BALANCER, balancer({ certificates: [CERTIFICATE] }));
    world.certificates.set(CERTIFICATE, certificate("1"));
    const { edge } = await world.connect();
    edge.say(hello());
    await edge.hear("synced");
    world.certificates.delete(CERTIFICATE);
    world.certificates.set(next, { ...certificate("2"), certificateArn: next });
    world.balancers.set(BALANCER, balancer({ certificates: [next] }));
    const gone = { kind: "certificate", loadBalancerArn: BALANCER, certificateArn: CERTIFICATE } as const;
    const exchange = ["certificate-put", "balancer-put", "certificate-gone", "synced"];
    await world.announce(gone, { kind: "balancer", loadBalancerArn: BALANCER });
    expect((await edge.hear("synced")).kinds).toEqual(exchange);

    // The load balancer may be behind a hundred other changes.
    world.certificates.delete(next);
    world.certificates.set(CERTIFICATE, certificate("3"));
    world.balancers.set(BALANCER, balancer({ certificates: [CERTIFICATE] }));
    await world.announce({ ...gone, certificateArn: next });
    expect((await edge.hear("synced")).kinds).toEqual(exchange);
  });
});

describe("secrets and trust stores", () => {
  const TRUST_STORE = "arn:aws:elasticloadbalancing:eu-west-1:123456789012:truststore/a/1" as TrustStoreArn;
  const needing = (secret: string, version: string): EdgeBalancer => {
    const url = "https://login.example.com";
    const endpoints = { issuer: url, authorizationEndpoint: url, tokenEndpoint: url, userInfoEndpoint: url };
    const oidc: EdgeAction = {
      ...endpoints,
      type: "authenticate-oidc",
      secret,
      clientId: "client",
      sessionCookieName: "session",
      scope: "openid",
      sessionTimeoutSeconds: 60,
      authenticationRequestExtraParams: {},
      onUnauthenticatedRequest: "authenticate",
    };
    const verify = {
      mode: "verify",
      trustStoreArn: TRUST_STORE,
      ignoreExpiry: false,
      advertiseCaNames: false,
    } as const;
    const listener = { mutualAuthentication: verify, defaultRule: { arn: "r", actions: [oidc] } };
    return balancer(listener, { trustStores: [{ arn: TRUST_STORE, version }] });
  };
  const sealed = (name: string): EdgeSecret => {
    const { account, region, wrappedDataKey, sealedKey, encryptionContext, grantToken } = certificate("1");
    const envelope = { account, region, wrappedDataKey, sealedKey, encryptionContext, grantToken };
    return { ...envelope, loadBalancerArn: BALANCER, name };
  };
  const trusted = (version: string): EdgeTrustStore => ({
    arn: TRUST_STORE,
    version,
    bundle: Buffer.from("ca"),
    revocations: [Buffer.from("one"), Buffer.from("two")],
  });

  test("come before the load balancer that names them, once for each version, and go after it", async () => {
    const world = await control();
    world.balancers.set(BALANCER, needing("first", "1"));
    world.secrets.set("first", sealed("first"));
    world.trustStores.set(TRUST_STORE, trusted("1"));
    await world.announce({ kind: "balancer", loadBalancerArn: BALANCER });
    const { edge } = await world.connect();
    edge.say(hello());
    const begun = await edge.hear("synced");
    expect(begun.kinds).toEqual(["welcome", "secret-put", "trust-store-put", "balancer-put", "synced"]);

    world.trustStores.set(TRUST_STORE, trusted("2"));
    world.balancers.set(BALANCER, needing("first", "2"));
    await world.announce({ kind: "balancer", loadBalancerArn: BALANCER });
    const put = (await edge.hear("trust-store-put")).last.trustStore;
    expect([put.version, put.revocations.map(String)]).toEqual(["2", ["one", "two"]]);
    expect((await edge.hear("synced")).kinds).toEqual(["balancer-put", "synced"]);

    world.secrets.delete("first");
    world.secrets.set("second", sealed("second"));
    world.trustStores.delete(TRUST_STORE);
    world.balancers.set(BALANCER, { ...needing("second", "2"), trustStores: [] });
    await world.announce(
      { kind: "secret", loadBalancerArn: BALANCER, secret: "second" },
      { kind: "balancer", loadBalancerArn: BALANCER },
      { kind: "secret", loadBalancerArn: BALANCER, secret: "first" },
      { kind: "trust-store", trustStoreArn: TRUST_STORE },
    );
    const { kinds } = await edge.hear("synced");
    expect(kinds).toEqual(["secret-put", "balancer-put", "secret-gone", "trust-store-gone", "synced"]);
  });
});

describe("reports", () => {
  test("are kept for what exists, replaced by newer ones, and forgotten with their load balancer", async () => {
    const world = await control();
    world.balancers.set(BALANCER, balancer());
    await world.insert(balancer());
    const { edge } = await world.connect();
    edge.say(hello());
    await edge.hear("synced");
    const reports = (port: number): void => {
      const listeners = [{ listenerArn: "l", address: "127.0.0.1", port }];
      edge.say({ kind: "listening", loadBalancerArn: BALANCER, listeners });
      edge.say({ kind: "listening", loadBalancerArn: "arn:nobody" as LoadBalancerArn, listeners });
    };
    reports(1);
    reports(2);
    const target = { targetGroupArn: "g", address: "127.0.0.1", port: 1 };
    edge.say({ kind: "target-health", loadBalancerArn: BALANCER, targets: [{ ...target, state: "healthy" }] });
    for (const serial of ["1", "2"]) {
      edge.say({ kind: "serving", loadBalancerArn: BALANCER, certificates: [{ certificateArn: CERTIFICATE, serial }] });
    }
    await eventually("serial 2", async () =>
      (await listServing(world.store, CERTIFICATE)).find(({ serial }) => serial === "2"),
    );
    expect(await listListenerReports(world.store, BALANCER)).toEqual([
      { edge: "local-1", listenerArn: "l", address: "127.0.0.1", port: 2 },
    ]);
    expect(await world.store.selectFrom("edgeListeners").select("port").execute()).toHaveLength(1);
    expect(await world.store.selectFrom("edgeTargets").select("state").execute()).toEqual([{ state: "healthy" }]);
    edge.say({ kind: "key-dropped", loadBalancerArn: BALANCER, certificateArn: CERTIFICATE, connections: 0 });
    await eventually("the journal", async () => world.dropped[0]);
    expect(await listServing(world.store, CERTIFICATE)).toEqual([]);
    edge.say({ kind: "key-dropped", loadBalancerArn: BALANCER, certificateArn: CERTIFICATE, connections: 0 });
    const refusal = { kind: "cannot-serve", loadBalancerArn: BALANCER, serial: "1", reason: "why" } as const;
    edge.say({ ...refusal, certificateArn: CERTIFICATE });
    world.balancers.clear();
    edge.say({
      kind: "serving",
      loadBalancerArn: BALANCER,
      certificates: [{ certificateArn: CERTIFICATE, serial: "3" }],
    });
    await eventually("serial 3", async () => (await listServing(world.store, CERTIFICATE))[0]);
    expect(world.dropped).toEqual(["DropKey"]);
    expect(await world.store.selectFrom("edgeRefusals").select("reason").execute()).toEqual([]);
    expect(world.heardOf).toEqual([BALANCER, BALANCER]);
    await world.announce({ kind: "balancer", loadBalancerArn: BALANCER });
    await edge.hear("synced");
    expect(await world.store.selectFrom("edgeTargets").select("state").execute()).toEqual([]);
  });
});
