import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeBalancer, EdgeCertificate } from "#domain/edge-config.ts";
import type { ControlMessage, EdgeMessage } from "#domain/edge-messages.ts";
import type { FindChallenge } from "#edge/control/challenges.ts";
import { openAgents } from "#edge/core/forward.ts";
import { edgeContextCache, type Keyring, type KeyringDeps, keyring } from "#edge/keys/keyring.ts";
import type { Kms } from "#edge/keys/kms.ts";
import { tlsFront } from "#edge/tls/front.ts";
import type { TicketSeed } from "#edge/tls/ticket-keys.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { Timers } from "#lib/timers.ts";
import { type Balancer, type BalancerDeps, openBalancer } from "./balancer.ts";
import type { Bindings } from "./bind.ts";

/** Everything that an edge carries: load balancers, and the keys of their certificates. */
export interface Carrier {
  /** Does what the control plane says. Resolves when it is done. */
  obey(message: ControlMessage): Promise<void>;
  /** What the control plane should know of all of it now. */
  reports(): readonly EdgeMessage[];
  /** The last revision that was followed whole. */
  readonly revision: string | undefined;
  stop(): Promise<void>;
}

export interface CarrierDeps {
  readonly kms: Kms;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly findChallenge: FindChallenge;
  readonly bindings: Bindings;
  readonly tickets: TicketSeed;
  readonly tell: (message: EdgeMessage) => void;
  readonly onError: (what: string, error: unknown) => void;
}

export function openCarrier(deps: CarrierDeps): Carrier {
  const { tell } = deps;
  const agents = openAgents();
  const tls = tlsFront(deps);
  const balancers = new Map<LoadBalancerArn, Balancer>();
  const keyrings = new Map<LoadBalancerArn, Keyring>();
  let revision: string | undefined;
  /** What was named since a `welcome` that began anew. */
  let named: Named | undefined;

  const keyringDeps: KeyringDeps = {
    ...deps,
    cache: edgeContextCache(deps),
    onServing: (loadBalancerArn, certificateArn, serial) =>
      tell({ kind: "serving", loadBalancerArn, certificates: [{ certificateArn, serial }] }),
    onCannotServe: (loadBalancerArn, certificateArn, serial, reason) =>
      tell({ kind: "cannot-serve", loadBalancerArn, certificateArn, serial, reason }),
  };
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
      .catch((error: unknown) => deps.onError(`${arn} could not be drained`, error));
    balancers.delete(arn);
    dropAllBut(arn, NONE);
    keyrings.delete(arn);
  };
  const putBalancer = async (config: EdgeBalancer): Promise<void> => {
    named?.balancers.add(config.arn);
    dropAllBut(config.arn, new Set(config.listeners.flatMap(({ certificates }) => certificates)));
    const balancerDeps: BalancerDeps = { ...deps, agents, tls, keyring: keyringOf(config.arn) };
    const balancer = balancers.get(config.arn) ?? openBalancer(config, balancerDeps);
    balancers.set(config.arn, balancer);
    await balancer.configure(config);
  };
  const putCertificate = (certificate: EdgeCertificate): void => {
    const { loadBalancerArn, certificateArn } = certificate;
    named?.certificates.add(`${loadBalancerArn} ${certificateArn}`);
    keyringOf(loadBalancerArn).put(certificate);
    balancers.get(loadBalancerArn)?.prefetch(certificateArn);
  };
  /** After everything was told anew: what was not named is gone. */
  const forgetUnnamed = ({ balancers: there, certificates }: Named): void => {
    for (const arn of new Set([...balancers.keys(), ...keyrings.keys()])) {
      if (!there.has(arn)) remove(arn);
      const kept = keyrings.get(arn)?.arns() ?? [];
      dropAllBut(arn, new Set(kept.filter((certificate) => certificates.has(`${arn} ${certificate}`))));
    }
  };

  return {
    async obey(message) {
      switch (message.kind) {
        case "welcome":
          named = message.resync ? { balancers: new Set(), certificates: new Set() } : undefined;
          return;
        case "balancer-put":
          return putBalancer(message.balancer);
        case "balancer-gone":
          return remove(message.loadBalancerArn);
        case "certificate-put":
          return putCertificate(message.certificate);
        case "certificate-gone":
          return drop(message.loadBalancerArn, message.certificateArn);
        case "synced":
          if (named) forgetUnnamed(named);
          named = undefined;
          revision = message.revision;
          return tell({ kind: "ack", revision });
        case "secret-put":
        case "secret-gone":
        case "trust-store-put":
        case "trust-store-gone":
        case "identity":
        case "heartbeat":
          return;
      }
    },
    reports: () => [
      ...[...balancers.values()].flatMap((balancer) => balancer.reports()),
      ...[...keyrings].flatMap(([arn, ring]) => servingReports(arn, ring)),
    ],
    get revision() {
      return revision;
    },
    async stop() {
      await Promise.all([...balancers.values()].map((balancer) => balancer.stop()));
      for (const ring of keyrings.values()) for (const arn of ring.arns()) ring.drop(arn);
      agents.close();
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

interface Named {
  readonly balancers: Set<LoadBalancerArn>;
  /** `<load balancer> <certificate>`. */
  readonly certificates: Set<string>;
}

const NONE: ReadonlySet<CertificateArn> = new Set();
const MOST_IN_ONE = 1_000;
