import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeBalancer } from "#domain/edge-config.ts";
import type { ControlMessage, EdgeMessage } from "#domain/edge-messages.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { AccessKey } from "#lib/sigv4-signer.ts";
import type { Timers } from "#lib/timers.ts";
import { type Balancer, openBalancer } from "./balancer.ts";
import { type ControlLink, keepLink } from "./control-link.ts";
import { openAgents } from "./forward.ts";
import { edgeContextCache, type Keyring, type KeyringDeps, keyring } from "./keyring.ts";
import { kmsOf } from "./kms.ts";

export interface EdgeSettings {
  /** The name that its access key is for. */
  readonly edge: string;
  /** The origin of the control plane's API. */
  readonly endpoint: URL;
  /** PEM; for an HTTPS endpoint. */
  readonly ca?: string | undefined;
  readonly accessKey: AccessKey;
}

export interface EdgeDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly log: EdgeLog;
}

export interface EdgeLog {
  info(facts: object, what: string): void;
  warn(facts: object, what: string): void;
}

/** A running edge: it does what the control plane says, and goes on doing so when the control plane is silent. */
export interface Edge {
  /** Drains every connection for a bounded time, forgets every key. */
  stop(): Promise<void>;
}

export function startEdge(settings: EdgeSettings, { clock, timers, ids, log }: EdgeDeps): Edge {
  const instance = ids.uuid();
  const balancers = new Map<LoadBalancerArn, Balancer>();
  const keyrings = new Map<LoadBalancerArn, Keyring>();
  const agents = openAgents();
  let revision: string | undefined;
  /** What was named since a `welcome` that began anew. */
  let named: Map<LoadBalancerArn, { put: boolean; certificates: Set<CertificateArn> }> | undefined;

  const onError = (what: string, error: unknown): void =>
    log.warn({ error: error instanceof Error ? error.message : String(error) }, what);
  const keyringDeps: KeyringDeps = {
    kms: kmsOf({ ...settings, clock }),
    cache: edgeContextCache({ clock }),
    clock,
    timers,
    onError,
    onServing(loadBalancerArn, certificateArn, serial) {
      log.info({ loadBalancerArn, certificateArn, serial }, "serving");
      link.tell({ kind: "serving", loadBalancerArn, certificates: [{ certificateArn, serial }] });
    },
  };
  const keyringFor = (arn: LoadBalancerArn): Keyring => {
    const known = keyrings.get(arn);
    if (known) return known;
    const fresh = keyring(arn, keyringDeps);
    keyrings.set(arn, fresh);
    return fresh;
  };
  const name = (arn: LoadBalancerArn): { put: boolean; certificates: Set<CertificateArn> } => {
    const known = named?.get(arn) ?? { put: false, certificates: new Set() };
    named?.set(arn, known);
    return known;
  };

  const drop = (loadBalancerArn: LoadBalancerArn, certificateArn: CertificateArn): void => {
    const connections = keyrings.get(loadBalancerArn)?.drop(certificateArn) ?? 0;
    log.info({ loadBalancerArn, certificateArn, connections }, "key dropped");
    link.tell({ kind: "key-dropped", loadBalancerArn, certificateArn, connections });
  };
  const remove = (arn: LoadBalancerArn): void => {
    void balancers.get(arn)?.stop();
    balancers.delete(arn);
    for (const certificate of keyrings.get(arn)?.arns() ?? []) drop(arn, certificate);
    keyrings.delete(arn);
  };
  const put = async (config: EdgeBalancer): Promise<void> => {
    name(config.arn).put = true;
    const ring = keyringFor(config.arn);
    const wanted = new Set(config.listeners.flatMap(({ certificates }) => certificates));
    for (const certificate of ring.arns()) if (!wanted.has(certificate)) drop(config.arn, certificate);
    const deps = {
      agents,
      clock,
      timers,
      ids,
      keyring: ring,
      onError,
      tell: (message: EdgeMessage) => link.tell(message),
    };
    const balancer = balancers.get(config.arn) ?? openBalancer(config, deps);
    balancers.set(config.arn, balancer);
    await balancer.configure(config);
  };
  /** What was not named again is gone. */
  const finishResync = (): void => {
    if (!named) return;
    for (const arn of new Set([...balancers.keys(), ...keyrings.keys()])) {
      const known = named.get(arn);
      if (!known?.put) remove(arn);
      for (const certificate of keyrings.get(arn)?.arns() ?? []) {
        if (!known?.certificates.has(certificate)) drop(arn, certificate);
      }
    }
    named = undefined;
  };

  const obey = async (message: ControlMessage): Promise<void> => {
    switch (message.kind) {
      case "welcome":
        named = message.resync ? new Map() : undefined;
        return;
      case "balancer-put":
        return put(message.balancer);
      case "balancer-gone":
        return remove(message.loadBalancerArn);
      case "certificate-put": {
        const { loadBalancerArn, certificateArn } = message.certificate;
        name(loadBalancerArn).certificates.add(certificateArn);
        keyringFor(loadBalancerArn).put(message.certificate);
        return balancers.get(loadBalancerArn)?.prefetch(certificateArn);
      }
      case "certificate-gone":
        return drop(message.loadBalancerArn, message.certificateArn);
      case "synced":
        finishResync();
        revision = message.revision;
        return link.tell({ kind: "ack", revision });
      case "heartbeat":
        return;
    }
  };

  const link: ControlLink = keepLink({
    ...settings,
    clock,
    timers,
    onConnect: () => [
      { kind: "hello", edge: settings.edge, instance, revision },
      ...[...balancers.values()].flatMap((balancer) => balancer.reports()),
      ...[...keyrings].flatMap(([arn, ring]) => servingReports(arn, ring)),
    ],
    async onMessage(message) {
      try {
        await obey(message);
      } catch (error) {
        onError(`a message of the control plane could not be obeyed: ${message.kind}`, error);
      }
    },
    onLoss: (error) => onError("no connection to the control plane; what is known is served on", error),
  });

  return {
    async stop() {
      link.stop();
      await Promise.all([...balancers.values()].map((balancer) => balancer.stop()));
      for (const ring of keyrings.values()) for (const arn of ring.arns()) ring.drop(arn);
      agents.close();
    },
  };
}

function servingReports(loadBalancerArn: LoadBalancerArn, ring: Keyring): EdgeMessage[] {
  const all = ring.serving();
  const count = Math.ceil(all.length / MOST_IN_ONE);
  return Array.from({ length: count }, (_, i) => ({
    kind: "serving",
    loadBalancerArn,
    certificates: all.slice(i * MOST_IN_ONE, (i + 1) * MOST_IN_ONE),
  }));
}

const MOST_IN_ONE = 1_000;
