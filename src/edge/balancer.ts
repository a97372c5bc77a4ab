import type { CertificateArn } from "#domain/arn.ts";
import type { EdgeBalancer, EdgeListener } from "#domain/edge-config.ts";
import type { EdgeMessage, ListenerReport } from "#domain/edge-messages.ts";
import type { Keyring } from "#edge/keys/keyring.ts";
import { healthBoard } from "#edge/targets/health-board.ts";
import { targetsOf } from "#edge/targets/target-choice.ts";
import { type Listener, type ListenerDeps, openListener, policyOf } from "./listener.ts";

/** A load balancer as it runs. */
export interface Balancer {
  /** Takes a configuration over. Resolves when every listener listens, or cannot. No connection is closed that may stay. */
  configure(config: EdgeBalancer): Promise<void>;
  /** Opens the key of a certificate that came, for the listeners that want it. */
  prefetch(certificateArn: CertificateArn): void;
  /** What the control plane should know of it now. */
  reports(): readonly EdgeMessage[];
  /** Ends it: listeners close, connections drain. */
  stop(): Promise<void>;
}

export interface BalancerDeps extends Omit<ListenerDeps, "targets"> {
  readonly tell: (message: EdgeMessage) => void;
}

export function openBalancer(first: EdgeBalancer, deps: BalancerDeps): Balancer {
  let config = first;
  const { arn: loadBalancerArn } = first;
  const listeners = new Map<string, Running>();
  const health = healthBoard({ timers: deps.timers, onChange: () => deps.tell(healthReport()) });
  const targets = targetsOf((group, target) => health.isHealthy(group, target));
  const healthReport = (): EdgeMessage => ({ kind: "target-health", loadBalancerArn, targets: health.report() });
  const listenerReport = (): EdgeMessage => ({
    kind: "listening",
    loadBalancerArn,
    listeners: [...listeners.values()].map(({ report }) => report),
  });

  const open = async (listener: EdgeListener): Promise<void> => {
    const running: Running = {
      listener: openListener(listener, config, { ...deps, targets }),
      report: { listenerArn: listener.arn, address: config.address, port: 0 },
    };
    listeners.set(listener.arn, running);
    try {
      running.report = { listenerArn: listener.arn, ...(await running.listener.listening) };
    } catch (error) {
      deps.onError(`${listener.arn} cannot listen`, error);
      running.report = { ...running.report, error: error instanceof Error ? error.message : String(error) };
    }
  };
  const close = async (arn: string): Promise<void> => {
    const running = listeners.get(arn);
    if (!running) return;
    listeners.delete(arn);
    for (const certificate of running.listener.config.certificates) deps.keyring.find(certificate)?.forget(arn);
    await running.listener.drain();
  };

  return {
    async configure(next) {
      config = next;
      targets.configure(next.targetGroups);
      health.configure(next.targetGroups);
      const wanted = new Map(next.listeners.map((listener) => [listener.arn, listener]));
      for (const [arn, { listener, report }] of listeners) {
        const want = wanted.get(arn);
        const moved = want?.port !== listener.config.port || report.port === 0;
        if (want && !moved) listener.configure(want, next);
        else void close(arn);
      }
      // Before it listens: a worker that takes another's place is given the socket when its keys are open.
      for (const listener of next.listeners) prefetchAll(listener, deps.keyring);
      await Promise.all(next.listeners.filter(({ arn }) => !listeners.has(arn)).map(open));
      deps.tell(listenerReport());
    },
    prefetch(certificateArn) {
      for (const listener of config.listeners) {
        if (!listener.certificates.includes(certificateArn)) continue;
        deps.keyring.find(certificateArn)?.prefetch({ listenerArn: listener.arn, policy: policyOf(listener) });
      }
    },
    reports: () => [listenerReport(), healthReport()],
    async stop() {
      health.stop();
      await Promise.all([...listeners.keys()].map(close));
    },
  };
}

function prefetchAll(listener: EdgeListener, keyring: Keyring): void {
  for (const arn of listener.certificates)
    keyring.find(arn)?.prefetch({ listenerArn: listener.arn, policy: policyOf(listener) });
}

interface Running {
  readonly listener: Listener;
  report: ListenerReport;
}
