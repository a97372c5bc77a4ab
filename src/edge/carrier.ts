import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeBalancer, EdgeCertificate, EdgeSecret, EdgeTrustStore, TargetReport } from "#domain/edge-config.ts";
import type { ControlMessage, EdgeMessage } from "#domain/edge-messages.ts";
import { providerClient } from "#edge/application/provider-call.ts";
import type { FindChallenge } from "#edge/control/challenges.ts";
import { http1Target } from "#edge/http1/target-connection.ts";
import { http2Target } from "#edge/http2/target-connection.ts";
import { openEnvelope } from "#edge/keys/envelope.ts";
import { edgeContextCache, type Keyring, type KeyringDeps, keyring } from "#edge/keys/keyring.ts";
import type { Kms } from "#edge/keys/kms.ts";
import { type LogStore, logBook } from "#edge/logs/log-book.ts";
import { metricsBoard } from "#edge/metrics/board.ts";
import { flowRoom } from "#edge/network/flow-room.ts";
import { openPools } from "#edge/targets/pool.ts";
import { traceIds } from "#edge/targets/trace-id.ts";
import { openWatch } from "#edge/targets/watch.ts";
import { tlsFront } from "#edge/tls/front.ts";
import { trustStores } from "#edge/tls/mutual.ts";
import type { TicketSeed } from "#edge/tls/ticket-keys.ts";
import type { Clock } from "#lib/clock.ts";
import { MINUTE, type Millis } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import type { Timers } from "#lib/timers.ts";
import { type Balancer, openBalancer } from "./balancer.ts";
import { type Attempts, type Bindings, bindAttempts } from "./bind.ts";
import type { SharedParts } from "./parts.ts";

/** Everything that an edge carries: load balancers, and the keys of their certificates. */
export interface Carrier {
  /** Does what the control plane says. Resolves when it is done. */
  obey(message: ControlMessage): Promise<void>;
  /** Whether this process checks the targets, for all processes of the edge; it does until it is told otherwise. */
  lead(leads: boolean): void;
  /** What the process that checks has seen. */
  hearHealth(loadBalancerArn: LoadBalancerArn, targets: readonly TargetReport[]): void;
  /** What the control plane should know of all of it now. */
  reports(): readonly EdgeMessage[];
  /** The last revision that was followed whole. */
  readonly revision: string | undefined;
  /** Drains every connection for a bounded time, forgets every key. `patience` as in `HttpConnection`. */
  stop(patience?: Millis): Promise<void>;
}

export interface CarrierDeps {
  readonly kms: Kms;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly findChallenge: FindChallenge;
  readonly bindings: Bindings;
  /** Where listeners for datagrams may be bound; where they can, unless told. */
  readonly attempts?: Attempts | undefined;
  readonly tickets: TicketSeed;
  readonly logs: LogStore;
  /** PEM: roots that identity providers may have beside the public ones. */
  readonly roots?: readonly string[] | undefined;
  /** Whether this process checks targets at first; it does unless told. */
  readonly leads?: boolean;
  readonly tell: (message: EdgeMessage) => void;
  readonly onError: (what: string, error: unknown) => void;
}

export function openCarrier(deps: CarrierDeps): Carrier {
  const { tell, clock, timers, ids, onError } = deps;
  const balancers = new Map<LoadBalancerArn, Balancer>();
  const keyrings = new Map<LoadBalancerArn, Keyring>();
  const secrets = new Map<string, EdgeSecret>();
  const trusted = new Map<string, EdgeTrustStore>();
  /** Health of the targets of load balancers that have not come yet: what fellows have seen may overtake the frames. */
  const early = new Map<LoadBalancerArn, readonly TargetReport[]>();
  let leads = deps.leads ?? true;
  let revision: string | undefined;
  /** What was named since a `welcome` that began anew. */
  let named: Named | undefined;

  const pools = openPools({ clock, timers, http1: http1Target, http2: http2Target });
  const logs = logBook({
    ...deps,
    store: deps.logs,
    onWarning: ({ log, dropped, error }) => onError(`${dropped} lines of the log ${log} were lost`, error),
  });
  const metrics = metricsBoard();
  const shared: SharedParts = {
    ...deps,
    attempts: deps.attempts ?? bindAttempts,
    tls: tlsFront(deps),
    pools,
    watch: openWatch(deps),
    flowRoom: flowRoom(),
    traces: traceIds(ids),
    trust: trustStores((arn) => trusted.get(arn), onError),
    provider: providerClient({ timers, roots: deps.roots ?? [] }),
    metrics,
    logs,
  };
  const keyringDeps: KeyringDeps = {
    ...deps,
    cache: edgeContextCache(deps),
    onServing: (loadBalancerArn, certificateArn, serial) =>
      tell({ kind: "serving", loadBalancerArn, certificates: [{ certificateArn, serial }] }),
    onCannotServe: (loadBalancerArn, certificateArn, serial, reason) =>
      tell({ kind: "cannot-serve", loadBalancerArn, certificateArn, serial, reason }),
  };
  let stopMeasuring = (): void => {};
  const measure = (): void => {
    const at = Math.floor(clock.now().getTime() / MINUTE) * MINUTE;
    stopMeasuring = timers.after(at + MINUTE - clock.now().getTime(), () => {
      const samples = metrics.take();
      if (samples.length > 0) tell({ kind: "metrics", at, samples });
      measure();
    });
  };
  measure();

  const keyringOf = (arn: LoadBalancerArn): Keyring => {
    const known = keyrings.get(arn) ?? keyring(arn, keyringDeps);
    keyrings.set(arn, known);
    return known;
  };
  const drop = (loadBalancerArn: LoadBalancerArn, certificateArn: CertificateArn): void => {
    const connections = keyrings.get(loadBalancerArn)?.drop(certificateArn) ?? 0;
    tell({ kind: "key-dropped", loadBalancerArn, certificateArn, connections });
  };
  const dropAllBut = (arn: LoadBalancerArn, kept: ReadonlySet<CertificateArn>): void => {
    for (const certificate of keyrings.get(arn)?.arns() ?? []) if (!kept.has(certificate)) drop(arn, certificate);
  };
  const remove = (arn: LoadBalancerArn): void => {
    balancers
      .get(arn)
      ?.stop()
      .catch((error: unknown) => onError(`${arn} could not be drained`, error));
    balancers.delete(arn);
    early.delete(arn);
    dropAllBut(arn, NONE);
    keyrings.delete(arn);
    for (const key of secrets.keys()) if (key.startsWith(`${arn} `)) secrets.delete(key);
  };
  const openSecret = async (arn: LoadBalancerArn, name: string): Promise<PlaintextKey> => {
    const secret = secrets.get(`${arn} ${name}`);
    if (!secret) throw new Error(`the secret ${name} has not come`);
    return await openEnvelope(secret, deps.kms);
  };
  const hearHealth = (arn: LoadBalancerArn, targets: readonly TargetReport[]): void => {
    const balancer = balancers.get(arn);
    if (balancer) return balancer.health.hear(targets);
    early.delete(arn);
    early.set(arn, targets);
    const [eldest] = early.size > MOST_EARLY ? early.keys() : [];
    if (eldest !== undefined) early.delete(eldest);
  };
  const putBalancer = async (config: EdgeBalancer): Promise<void> => {
    const { arn } = config;
    named?.balancers.add(arn);
    dropAllBut(arn, new Set(config.listeners.flatMap(({ certificates }) => certificates)));
    const known = balancers.get(arn);
    const balancer =
      known ??
      openBalancer(config, {
        ...shared,
        leads,
        tell,
        keyring: keyringOf(arn),
        openSecret: (name) => openSecret(arn, name),
      });
    balancers.set(arn, balancer);
    const heard = early.get(arn);
    early.delete(arn);
    if (heard) balancer.health.hear(heard);
    await balancer.configure(config);
  };
  const putCertificate = (certificate: EdgeCertificate): void => {
    const { loadBalancerArn, certificateArn } = certificate;
    named?.certificates.add(`${loadBalancerArn} ${certificateArn}`);
    keyringOf(loadBalancerArn).put(certificate);
    balancers.get(loadBalancerArn)?.prefetch(certificateArn);
  };
  const putTrustStore = (trustStore: EdgeTrustStore): void => {
    trusted.set(trustStore.arn, trustStore);
    named?.trustStores.add(trustStore.arn);
    for (const balancer of balancers.values()) balancer.refresh(trustStore.arn);
  };
  const putSecret = (secret: EdgeSecret): void => {
    const key = `${secret.loadBalancerArn} ${secret.name}`;
    secrets.set(key, secret);
    named?.secrets.add(key);
  };
  const loseTrustStore = (arn: string): void => {
    trusted.delete(arn);
    for (const balancer of balancers.values()) balancer.refresh(arn);
  };
  /** After everything was told anew: what was not named is gone. */
  const forgetUnnamed = (there: Named): void => {
    for (const arn of new Set([...balancers.keys(), ...keyrings.keys()])) {
      if (!there.balancers.has(arn)) remove(arn);
      const kept = keyrings.get(arn)?.arns() ?? [];
      dropAllBut(arn, new Set(kept.filter((certificate) => there.certificates.has(`${arn} ${certificate}`))));
    }
    for (const key of secrets.keys()) if (!there.secrets.has(key)) secrets.delete(key);
    for (const arn of trusted.keys()) if (!there.trustStores.has(arn)) loseTrustStore(arn);
  };

  return {
    async obey(message) {
      switch (message.kind) {
        case "welcome":
          named = message.resync ? nothingNamed() : undefined;
          return;
        case "balancer-put":
          return putBalancer(message.balancer);
        case "balancer-gone":
          return remove(message.loadBalancerArn);
        case "certificate-put":
          return putCertificate(message.certificate);
        case "certificate-gone":
          return drop(message.loadBalancerArn, message.certificateArn);
        case "secret-put":
          return putSecret(message.secret);
        case "secret-gone":
          return void secrets.delete(`${message.loadBalancerArn} ${message.name}`);
        case "trust-store-put":
          return putTrustStore(message.trustStore);
        case "trust-store-gone":
          return loseTrustStore(message.arn);
        case "synced":
          if (named) forgetUnnamed(named);
          named = undefined;
          revision = message.revision;
          return tell({ kind: "ack", revision });
        case "identity":
        case "heartbeat":
          return;
      }
    },
    lead(now) {
      leads = now;
      for (const { health } of balancers.values()) health.lead(now);
    },
    hearHealth,
    reports: () => [
      ...[...balancers.values()].flatMap((balancer) => balancer.reports()),
      ...[...keyrings].flatMap(([arn, ring]) => servingReports(arn, ring)),
    ],
    get revision() {
      return revision;
    },
    async stop(patience) {
      stopMeasuring();
      await Promise.all([...balancers.values()].map((balancer) => balancer.stop(patience)));
      for (const ring of keyrings.values()) for (const arn of ring.arns()) ring.drop(arn);
      pools.close();
      await logs.stop();
    },
  };
}

function servingReports(loadBalancerArn: LoadBalancerArn, ring: Keyring): EdgeMessage[] {
  const all = ring.serving();
  return Array.from({ length: Math.ceil(all.length / MOST_IN_ONE) }, (_, i) => ({
    kind: "serving",
    loadBalancerArn,
    certificates: all.slice(i * MOST_IN_ONE, (i + 1) * MOST_IN_ONE),
  }));
}

/** Keys as in the maps above. */
interface Named {
  readonly balancers: Set<LoadBalancerArn>;
  /** `<load balancer> <certificate>`. */
  readonly certificates: Set<string>;
  readonly secrets: Set<string>;
  readonly trustStores: Set<string>;
}

function nothingNamed(): Named {
  return { balancers: new Set(), certificates: new Set(), secrets: new Set(), trustStores: new Set() };
}

const NONE: ReadonlySet<CertificateArn> = new Set();
const MOST_IN_ONE = 1_000;
/** What is heard of a load balancer that has just gone waits for one that never comes. */
const MOST_EARLY = 10_000;
