import "reflect-metadata";
import { generateKeyPairSync, type KeyObject, randomBytes, webcrypto } from "node:crypto";
import { once } from "node:events";
import type { AddressInfo } from "node:net";
import { SubjectAlternativeNameExtension, X509CertificateGenerator } from "@peculiar/x509";
import { onTestFinished } from "vitest";
import { gateway } from "#aws/gateway.ts";
import { httpServer } from "#aws/http-server.ts";
import { mount } from "#aws/service.ts";
import { authenticateUpgrade, sigv4 } from "#aws/sigv4/authenticate.ts";
import { certificateContext, sealPrivateKey } from "#custody/envelope.ts";
import { createGrant, retireGrant } from "#custody/grants.ts";
import { keyFileRoot } from "#custody/root.ts";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeBalancer, EdgeCertificate } from "#domain/edge-config.ts";
import { type Edge, startEdge } from "#edge/agent.ts";
import { openFleet } from "#fleet/fleet.ts";
import { authenticator } from "#identity/authenticator.ts";
import { createEdgeIdentity } from "#identity/edge-identity.ts";
import { ensureFirstAccount } from "#identity/first-account.ts";
import { openJournal } from "#journal/journal.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import type { AccessKey } from "#lib/sigv4-signer.ts";
import { systemTimers } from "#lib/timers.ts";
import { kms } from "#services/kms/index.ts";
import { announce, newestEdgeRevision } from "#store/edge-changes.ts";
import { listListenerReports, listServing } from "#store/edge-reports.ts";
import { listEdges } from "#store/edges.ts";
import { insertLoadBalancer, removeLoadBalancer } from "#store/load-balancers.ts";
import { openStore, type Store } from "#store/store.ts";
import { BALANCER, OWNER } from "./edge-config.ts";

/** A certificate that was made for a test, and what its clients trust. */
export interface MadeCertificate {
  readonly arn: CertificateArn;
  /** The leaf: it is its own root. */
  readonly pem: string;
  readonly serial: string;
  /** How the private key may be found in memory: its number both ways round, and as base64. */
  readonly traces: readonly Buffer[];
}

/**
 * The control side of edges on one port of 127.0.0.1: real signatures, a real KMS over a real store, the real link.
 * Only what load balancers there are is the test's own.
 */
export interface EdgeWorld {
  readonly store: Store;
  readonly endpoint: URL;
  readonly accessKey: AccessKey;
  readonly warnings: string[];
  /** Makes a certificate, seals its key and grants it to the load balancer; with `arn` a new version of a known one. */
  certify(names: readonly string[], more?: CertificateOptions): Promise<MadeCertificate>;
  /** Retires the grant of a certificate and tells the edges. */
  detach(arn: CertificateArn): Promise<void>;
  /** Makes, changes or (with undefined) removes a load balancer, and waits until the edge has followed. */
  put(balancer: EdgeBalancer | undefined, arn?: LoadBalancerArn): Promise<void>;
  /** Makes a load balancer without waiting for an edge. */
  add(balancer: EdgeBalancer): Promise<void>;
  /** What edges wrote as log files, by path. */
  readonly logs: ReadonlyMap<string, Uint8Array>;
  startEdge(): Edge;
  /** Waits until the edge has followed every change. */
  followed(): Promise<void>;
  /** The port on which the edge serves a listener. */
  port(listenerArn?: string): Promise<number>;
  served(arn: CertificateArn, serial: string): Promise<void>;
  /** The control plane is gone, as if it were killed. */
  stopControl(): Promise<void>;
  startControl(): Promise<void>;
}

interface CertificateOptions {
  readonly key?: "RSA" | "P-256" | "P-384";
  readonly arn?: CertificateArn;
  /** Hexadecimal; another one each time unless told. */
  readonly serial?: string;
}

export async function edgeWorld({ withEdge = true }: { withEdge?: boolean } = {}): Promise<EdgeWorld> {
  const store = await openStore("file::memory:");
  const root = keyFileRoot(Buffer.alloc(32, 9));
  const warnings: string[] = [];
  const clock = systemClock;
  const journal = openJournal({ store, clock }, (error) => warnings.push(String(error)));
  const onGrantEnded = (): Promise<void> => Promise.resolve();
  const deps = { store, clock, ids: randomIds, root, journal, onGrantEnded };
  await ensureFirstAccount(deps);
  const accessKey = await createEdgeIdentity("local-test", deps);
  const balancers = new Map<LoadBalancerArn, EdgeBalancer>();
  const certificates = new Map<CertificateArn, EdgeCertificate & { keyArn: never; grantId: string }>();

  const makeFleet = () =>
    openFleet({
      ...deps,
      edgeBalancer: (_, arn) => Promise.resolve(balancers.get(arn)),
      edgeCertificate: (_, lb, arn) => {
        const found = certificates.get(arn);
        return Promise.resolve(found?.loadBalancerArn === lb ? found : undefined);
      },
      edgeSecret: () => Promise.resolve(undefined),
      edgeTrustStore: () => Promise.resolve(undefined),
      balancerArns: (_, after) =>
        Promise.resolve([...balancers.keys()].sort().filter((arn) => after === undefined || arn > after)),
      markBalancerActive: () => Promise.resolve(),
      onLoss: (edge, error) => warnings.push(`${edge}: ${String(error)}`),
      onError: (error) => warnings.push(String(error)),
    });
  let fleet = makeFleet();
  const authenticate = sigv4({ clock, credentials: authenticator(deps) });
  const makeServer = () =>
    httpServer({
      answer: gateway([mount(kms, deps)], { authenticate, ids: randomIds, audit: journal, log: () => {} }),
      upgrade(request, socket, head) {
        authenticateUpgrade(request, "sealkeeper", { authenticate }).then(
          (principal) => fleet.accept(socket, head, { ...principal, requestId: randomIds.uuid() }),
          (error: unknown) => {
            warnings.push(String(error));
            socket.destroy();
          },
        );
      },
      ids: randomIds,
      onError: (error) => warnings.push(String(error)),
    });
  let server = makeServer();
  server.server.listen(0, "127.0.0.1");
  await once(server.server, "listening");
  const endpoint = new URL(`http://127.0.0.1:${(server.server.address() as AddressInfo).port}`);

  const change = async (subject: Parameters<typeof announce>[1]): Promise<void> => {
    await store.transaction().execute((tx) => announce(tx, subject));
    fleet.wake();
  };
  const written = new Map<string, Uint8Array>();
  const world: EdgeWorld = {
    store,
    endpoint,
    accessKey,
    warnings,
    async certify(
      names,
      {
        key = "P-256",
        arn = `arn:aws:acm:eu-west-1:123456789012:certificate/${randomIds.uuid()}` as CertificateArn,
        serial: wanted = `00${randomBytes(8).toString("hex")}`,
      } = {},
    ) {
      const { pem, serial, pkcs8, traces } = await selfSigned(names, key, wanted);
      using sealed = new PlaintextKey(pkcs8);
      const known = certificates.get(arn);
      const made = await store.transaction().execute(async (tx) => {
        const envelope = await sealPrivateKey(tx, sealed, OWNER, arn, deps);
        const encryptionContext = certificateContext(arn);
        const grant =
          known ??
          (await createGrant(
            tx,
            {
              keyArn: envelope.keyArn,
              granteePrincipal: BALANCER,
              operations: ["Decrypt", "DescribeKey"],
              constraints: { encryptionContextEquals: encryptionContext },
              name: arn,
            },
            deps,
          ));
        return { ...envelope, ...OWNER, encryptionContext, grantId: grant.grantId, grantToken: grant.grantToken };
      });
      certificates.set(arn, {
        ...made,
        keyArn: made.keyArn as never,
        loadBalancerArn: BALANCER,
        certificateArn: arn,
        serial,
        chain: pem,
        names,
      });
      if (known) await change({ kind: "certificate", loadBalancerArn: BALANCER, certificateArn: arn });
      return { arn, pem, serial, traces };
    },
    async detach(arn) {
      const known = certificates.get(arn);
      if (!known) throw new Error(`there is no ${arn}`);
      certificates.delete(arn);
      await store.transaction().execute(async (tx) => {
        await retireGrant(tx, known, deps);
        await announce(tx, { kind: "certificate", loadBalancerArn: BALANCER, certificateArn: arn });
      });
      fleet.wake();
      await world.followed();
    },
    async put(balancer, arn = BALANCER) {
      if (balancer) balancers.set(arn, balancer);
      else balancers.delete(arn);
      await store.transaction().execute(async (tx) => {
        if (balancer) await insertLoadBalancer(tx, row(balancer));
        else await removeLoadBalancer(tx, arn);
      });
      await change({ kind: "balancer", loadBalancerArn: arn });
      await world.followed();
    },
    async add(balancer) {
      balancers.set(balancer.arn, balancer);
      await store.transaction().execute((tx) => insertLoadBalancer(tx, row(balancer)));
      await change({ kind: "balancer", loadBalancerArn: balancer.arn });
    },
    logs: written,
    startEdge: () => {
      const logs = { put: (path: string, bytes: Uint8Array) => Promise.resolve(void written.set(path, bytes)) };
      const log = (facts: object, what: string): void => void warnings.push(`${what} ${JSON.stringify(facts)}`);
      const edge = startEdge(
        { edge: "local-test", endpoint, accessKey },
        { clock, timers: systemTimers, ids: randomIds, log: { info: () => {}, warn: log }, logs },
      );
      return edge;
    },
    followed: () =>
      eventually("the edge follows", async () => {
        const newest = await newestEdgeRevision(store);
        const [edge] = await listEdges(store);
        return edge?.revision === newest ? true : undefined;
      }).then(() => undefined),
    port: (listenerArn = "listener") =>
      eventually(`a port for ${listenerArn}`, async () => {
        const found = (await listListenerReports(store, BALANCER)).find((report) => report.listenerArn === listenerArn);
        return found && found.port > 0 ? found.port : undefined;
      }),
    served: (arn, serial) =>
      eventually(`${serial} is served`, async () =>
        (await listServing(store, arn)).some((one) => one.serial === serial) ? true : undefined,
      ).then(() => undefined),
    async stopControl() {
      fleet.close();
      await server.stop(0);
    },
    async startControl() {
      fleet = makeFleet();
      server = makeServer();
      server.server.listen(Number(endpoint.port), "127.0.0.1");
      await once(server.server, "listening");
    },
  };
  const edge = withEdge ? world.startEdge() : undefined;
  onTestFinished(async () => {
    await edge?.stop();
    await world.stopControl();
    await journal.flush();
    await store.destroy();
  });
  return world;
}

/** Asks until there is an answer. */
export async function eventually<T>(what: string, ask: () => Promise<T | undefined>): Promise<T> {
  const end = performance.now() + 5_000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined) return answer;
    if (performance.now() > end) throw new Error(`waited in vain: ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 2));
  }
}

function row({ arn, type, dnsName, address }: EdgeBalancer): Parameters<typeof insertLoadBalancer>[1] {
  const nothing = { vpcId: "", zones: [], subnets: [], securityGroups: [], attributes: {}, cookieSecret: "secret" };
  const named = { arn, type, dnsName, address, name: "web", scheme: "internet-facing", state: "provisioning" } as const;
  return { ...OWNER, ...named, ...nothing, createdAt: new Date() };
}

async function selfSigned(
  names: readonly string[],
  type: "RSA" | "P-256" | "P-384",
  serialNumber: string,
): Promise<{ pem: string; serial: string; pkcs8: Buffer; traces: readonly Buffer[] }> {
  const { privateKey, publicKey } = type === "RSA" ? RSA() : generateKeyPairSync("ec", { namedCurve: type });
  const algorithm =
    type === "RSA"
      ? { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" }
      : { name: "ECDSA", namedCurve: type, hash: "SHA-256" };
  const use = async (key: KeyObject, usage: "sign" | "verify") =>
    webcrypto.subtle.importKey(
      usage === "sign" ? "pkcs8" : "spki",
      key.export({ type: usage === "sign" ? "pkcs8" : "spki", format: "der" } as never) as Buffer,
      algorithm,
      true,
      [usage],
    );
  const certificate = await X509CertificateGenerator.createSelfSigned(
    {
      serialNumber,
      name: `CN=${names[0]}`,
      notBefore: new Date(Date.now() - 60_000),
      notAfter: new Date(Date.now() + 86_400_000),
      signingAlgorithm: algorithm,
      keys: { privateKey: await use(privateKey, "sign"), publicKey: await use(publicKey, "verify") } as never,
      extensions: [new SubjectAlternativeNameExtension(names.map((value) => ({ type: "dns", value })))],
    },
    webcrypto as never,
  );
  const pkcs8 = privateKey.export({ type: "pkcs8", format: "der" });
  const number = Buffer.from(privateKey.export({ format: "jwk" }).d ?? "", "base64url");
  return {
    pem: certificate.toString("pem"),
    serial: certificate.serialNumber,
    pkcs8,
    traces: [number, Buffer.from(number).reverse(), Buffer.from(pkcs8.toString("base64").slice(60, 100))],
  };
}

/** RSA keys take long to make; which one it is does not matter. */
function RSA() {
  rsa ??= generateKeyPairSync("rsa", { modulusLength: 2048 });
  return rsa;
}
let rsa: ReturnType<typeof generateKeyPairSync> | undefined;
