import type { CertificateArn } from "#domain/arn.ts";
import type { EdgeBalancer, EdgeListener, TargetReport } from "#domain/edge-config.ts";
import type { EdgeMessage, ListenerReport } from "#domain/edge-messages.ts";
import { type LogKind, logPlace } from "#edge/logs/log-file.ts";
import type { Meters } from "#edge/metrics/board.ts";
import { connectionMeter } from "#edge/metrics/connections.ts";
import { type FlowMeter, flowMeter } from "#edge/metrics/flows.ts";
import { type GroupReport, openTargets } from "#edge/targets/targets.ts";
import type { Millis } from "#lib/duration.ts";
import { checkLine } from "./check-line.ts";
import { type Listener, openListener } from "./listener.ts";
import type { FlowProtocol, ListenerParts, OwnParts, SharedParts } from "./parts.ts";
import { type SharedHealth, sharedHealth } from "./shared-health.ts";

/** A load balancer as it runs. */
export interface Balancer {
  readonly health: Pick<SharedHealth, "lead" | "hear">;
  /** Takes a configuration over. Resolves when every listener listens, or cannot. No connection is closed that may stay. */
  configure(config: EdgeBalancer): Promise<void>;
  /** Opens the key of a certificate that came, for the listeners that want it. */
  prefetch(certificateArn: CertificateArn): void;
  /** A trust store changed. */
  refresh(trustStoreArn: string): void;
  /** What the control plane should know of it now. */
  reports(): readonly EdgeMessage[];
  /** Ends it: listeners close, connections drain. */
  stop(patience?: Millis): Promise<void>;
}

export interface BalancerDeps extends SharedParts, OwnParts {
  /** Whether this process checks targets. */
  readonly leads: boolean;
  readonly tell: (message: EdgeMessage) => void;
}

export function openBalancer(first: EdgeBalancer, deps: BalancerDeps): Balancer {
  let config = first;
  const { arn: loadBalancerArn } = first;
  const { clock, timers, keyring, tell, logs } = deps;
  const listeners = new Map<string, Running>();
  const meters = deps.metrics.meters(loadBalancerArn);
  const [accessLog, connectionLog, healthLog] = [logs.open(), logs.open(), logs.open()];
  const health = sharedHealth(first, deps.leads, {
    timers,
    onChange: () => tell({ kind: "target-health", loadBalancerArn, targets: health.report() }),
    log: {
      clock,
      checked: (check) => healthLog.enabled && healthLog.write(checkLine(check)),
    },
  });
  const targets = openTargets({ health, clock, timers, cookieSecret: first.cookieSecret });
  const hosts = hostGauges(meters, (arn) =>
    health.leads ? targets.report().find(({ targetGroupArn }) => targetGroupArn === arn) : undefined,
  );
  const parts: ListenerParts = {
    ...deps,
    targets,
    meters,
    connections: connectionMeter(meters),
    flows: flowMeters(meters),
    accessLog,
    connectionLog,
  };
  const listenerReport = (): EdgeMessage => ({
    kind: "listening",
    loadBalancerArn,
    listeners: [...listeners.values()].map(({ report }) => report),
  });

  const open = async (listener: EdgeListener): Promise<void> => {
    const running: Running = {
      listener: openListener(listener, config, parts),
      report: { listenerArn: listener.arn, address: config.address, port: 0 },
    };
    listeners.set(listener.arn, running);
    prefetchAll(running.listener);
    try {
      running.report = { listenerArn: listener.arn, ...(await running.listener.listening) };
    } catch (error) {
      deps.onError(`${listener.arn} cannot listen`, error);
      running.report = { ...running.report, error: error instanceof Error ? error.message : String(error) };
    }
  };
  const close = async (arn: string, patience?: Millis): Promise<void> => {
    const running = listeners.get(arn);
    if (!running) return;
    listeners.delete(arn);
    for (const certificate of running.listener.config.certificates) keyring.find(certificate)?.forget(arn);
    await running.listener.drain(patience);
  };
  /** Before it listens: a worker that takes another's place is given the socket when its keys are open. */
  const prefetchAll = ({ config: { certificates }, use }: Listener): void => {
    if (!use) return;
    for (const arn of certificates) keyring.find(arn)?.prefetch(use);
  };

  return {
    health,
    async configure(next) {
      config = next;
      const place = (kind: LogKind) => logPlace(kind, next);
      accessLog.place(place("access_logs"));
      connectionLog.place(place("connection_logs"));
      healthLog.place(place("health_check_logs"));
      meters.keep(next.targetGroups.map(({ arn }) => arn));
      hosts.keep(next.targetGroups.map(({ arn }) => arn));
      targets.configure(next.targetGroups);
      health.configure(next);
      const wanted = new Map(next.listeners.map((listener) => [listener.arn, listener]));
      for (const [arn, { listener, report }] of listeners) {
        const want = wanted.get(arn);
        if (!want || isMoved(want, listener.config) || report.port === 0) void close(arn);
        else {
          listener.configure(want, next);
          prefetchAll(listener);
        }
      }
      await Promise.all(next.listeners.filter(({ arn }) => !listeners.has(arn)).map(open));
      tell(listenerReport());
    },
    prefetch(certificateArn) {
      for (const { listener } of listeners.values()) {
        const { config: wanting, use } = listener;
        if (use && namedBy(wanting).has(certificateArn)) keyring.find(certificateArn)?.prefetch(use);
      }
    },
    refresh(trustStoreArn) {
      for (const { listener } of listeners.values()) {
        const mutual = listener.config.mutualAuthentication;
        if (mutual?.mode === "verify" && mutual.trustStoreArn === trustStoreArn) listener.refresh();
      }
    },
    reports: () => [listenerReport(), ...healthReport(loadBalancerArn, health.report())],
    async stop(patience) {
      health.stop();
      await Promise.all([...listeners.keys()].map((arn) => close(arn, patience)));
      targets.stop();
      hosts.keep([]);
      deps.metrics.forget(loadBalancerArn);
      for (const log of [accessLog, connectionLog, healthLog]) log.close();
    },
  };
}

interface Running {
  readonly listener: Listener;
  report: ListenerReport;
}

/** The certificates that a listener names: a hundred thousand may come one after the other. */
function namedBy(listener: EdgeListener): ReadonlySet<CertificateArn> {
  const known = NAMED.get(listener) ?? new Set(listener.certificates);
  NAMED.set(listener, known);
  return known;
}

const NAMED = new WeakMap<EdgeListener, ReadonlySet<CertificateArn>>();

/** What a listener is bound by: with another one it is another listener. */
function isMoved(want: EdgeListener, have: EdgeListener): boolean {
  return want.port !== have.port || want.protocol !== have.protocol;
}

function healthReport(loadBalancerArn: EdgeBalancer["arn"], targets: readonly TargetReport[]): readonly EdgeMessage[] {
  return targets.length > 0 ? [{ kind: "target-health", loadBalancerArn, targets }] : [];
}

/** How many targets of each target group are healthy, and how many are not; told by the process that checks them. */
function hostGauges(
  meters: Meters,
  reportOf: (arn: string) => GroupReport | undefined,
): { keep(arns: readonly string[]): void } {
  const gauges = new Map<string, readonly (() => void)[]>();
  return {
    keep(arns) {
      for (const [arn, remove] of gauges) {
        if (arns.includes(arn)) continue;
        for (const one of remove) one();
        gauges.delete(arn);
      }
      for (const arn of arns) {
        if (gauges.has(arn)) continue;
        const unhealthy = (): number | undefined => {
          const report = reportOf(arn);
          return report && report.registered - report.healthy;
        };
        gauges.set(arn, [
          meters.gauge("HealthyHostCount", () => reportOf(arn)?.healthy, arn),
          meters.gauge("UnHealthyHostCount", unhealthy, arn),
          meters.gauge("AnomalousHostCount", () => reportOf(arn)?.anomalous.length, arn),
          meters.gauge("MitigatedHostCount", () => reportOf(arn)?.mitigated.length, arn),
        ]);
      }
    },
  };
}

function flowMeters(meters: Meters): (protocol: FlowProtocol) => FlowMeter {
  const made = new Map<FlowProtocol, FlowMeter>();
  return (protocol) => {
    const known = made.get(protocol) ?? flowMeter(meters, protocol);
    made.set(protocol, known);
    return known;
  };
}
