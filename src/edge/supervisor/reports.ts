import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeMessage, ListenerReport } from "#domain/edge-messages.ts";
import { minuteSums } from "./minute-sums.ts";

/**
 * What the workers of an edge say, made into what one edge says: a listener listens once, a version is served when every
 * worker serves it, ended connections and measurements are summed, targets are seen by the one worker that checks.
 */
export interface Reports {
  /** What there is to be told when a worker has said this. */
  heard(worker: number, message: EdgeMessage): readonly EdgeMessage[];
  /** A worker carries everything: from now on it is counted. */
  joined(worker: number): readonly EdgeMessage[];
  /** A worker is gone, or goes. */
  left(worker: number): readonly EdgeMessage[];
  /** Every worker that is counted has followed what was sent: whatever was dropped, was dropped by all. */
  followed(): readonly EdgeMessage[];
  /** A load balancer is gone. */
  forget(loadBalancerArn: LoadBalancerArn): void;
  /** A certificate is told again: what was said against it may be over. */
  retry(loadBalancerArn: LoadBalancerArn, certificateArn: CertificateArn): void;
  /** Everything that holds now, for a control plane that knows nothing. */
  present(): readonly EdgeMessage[];
  /** What was seen last of the targets of each load balancer. */
  health(): Iterable<HealthReport>;
  /** What a worker serves: `<load balancer> <certificate>`. */
  servedBy(worker: number): ReadonlySet<string>;
  /** Whether a worker serves that certificate, or has said that it cannot. */
  isDecided(worker: number, key: string): boolean;
}

export type HealthReport = Extract<EdgeMessage, { kind: "target-health" }>;

export function reports(): Reports {
  const counted = new Set<number>();
  const listening = new Map<LoadBalancerArn, Map<number, readonly ListenerReport[]>>();
  const serving = new Map<string, Served>();
  const dropped = new Map<string, Dropped>();
  const health = new Map<LoadBalancerArn, HealthReport>();
  /** By `<load balancer> <certificate> <serial>`. */
  const refused = new Map<string, EdgeMessage>();
  /** `<worker> <load balancer> <certificate>` of what a worker cannot serve. */
  const failing = new Set<string>();
  const minutes = minuteSums();
  /** What was said last, so that nothing is said twice. */
  const said = new Map<string, string>();

  const news = (key: string, message: EdgeMessage | undefined): readonly EdgeMessage[] => {
    const words = message && JSON.stringify(message);
    if (words === undefined || said.get(key) === words) return [];
    said.set(key, words);
    return [message as EdgeMessage];
  };
  const listeningOf = (arn: LoadBalancerArn): EdgeMessage | undefined => {
    const all = [...(listening.get(arn) ?? [])];
    const own = all.filter(([worker]) => counted.has(worker));
    const listeners = mergedListeners((own.length > 0 ? own : all).map(([, report]) => report));
    return listeners && { kind: "listening", loadBalancerArn: arn, listeners };
  };
  /** The serial that every counted worker serves a certificate with. */
  const serialOf = ({ serials }: Served): string | undefined => {
    const all = [...counted].map((worker) => serials.get(worker));
    return all.length > 0 && all.every((serial) => serial === all[0]) ? all[0] : undefined;
  };
  const servingNews = (key: string): readonly EdgeMessage[] => {
    const served = serving.get(key);
    const serial = served && serialOf(served);
    if (!served || serial === undefined || served.told === serial) return [];
    served.told = serial;
    const { loadBalancerArn, certificateArn } = served;
    refused.delete(`${key} ${serial}`);
    return [{ kind: "serving", loadBalancerArn, certificates: [{ certificateArn, serial }] }];
  };
  const droppedNews = (key: string, isOver: boolean): readonly EdgeMessage[] => {
    const drop = dropped.get(key);
    if (!drop || (!isOver && drop.waiting.size > 0)) return [];
    dropped.delete(key);
    const { loadBalancerArn, certificateArn, connections } = drop;
    return [{ kind: "key-dropped", loadBalancerArn, certificateArn, connections }];
  };
  const allNews = (): readonly EdgeMessage[] => [
    ...[...listening.keys()].flatMap((arn) => news(`listening ${arn}`, listeningOf(arn))),
    ...[...serving.keys()].flatMap(servingNews),
    ...[...dropped.keys()].flatMap((key) => droppedNews(key, false)),
  ];

  return {
    heard(worker, message) {
      switch (message.kind) {
        case "listening": {
          const { loadBalancerArn: arn, listeners } = message;
          listening.set(
            arn,
            (listening.get(arn) ?? new Map<number, readonly ListenerReport[]>()).set(worker, listeners),
          );
          return news(`listening ${arn}`, listeningOf(arn));
        }
        case "serving":
          return message.certificates.flatMap(({ certificateArn, serial }) => {
            const { loadBalancerArn } = message;
            const key = `${loadBalancerArn} ${certificateArn}`;
            const known = serving.get(key) ?? { loadBalancerArn, certificateArn, serials: new Map(), told: undefined };
            known.serials.set(worker, serial);
            failing.delete(`${worker} ${key}`);
            serving.set(key, known);
            return servingNews(key);
          });
        case "key-dropped": {
          const { loadBalancerArn, certificateArn, connections } = message;
          const key = `${loadBalancerArn} ${certificateArn}`;
          const known = dropped.get(key) ?? {
            loadBalancerArn,
            certificateArn,
            connections: 0,
            waiting: new Set(counted),
          };
          known.connections += connections;
          known.waiting.delete(worker);
          dropped.set(key, known);
          const served = serving.get(key);
          served?.serials.delete(worker);
          if (served) served.told = undefined;
          if (served?.serials.size === 0) serving.delete(key);
          return droppedNews(key, false);
        }
        case "cannot-serve": {
          const subject = `${message.loadBalancerArn} ${message.certificateArn}`;
          const key = `${subject} ${message.serial}`;
          failing.add(`${worker} ${subject}`);
          if (refused.has(key)) return [];
          if (refused.size >= MOST_REFUSED) refused.clear();
          refused.set(key, message);
          return [message];
        }
        case "target-health":
          health.set(message.loadBalancerArn, message);
          return [message];
        case "metrics":
          return minutes.add(worker, message, counted);
        default:
          return [];
      }
    },
    joined(worker) {
      counted.add(worker);
      return allNews();
    },
    left(worker) {
      counted.delete(worker);
      for (const reported of listening.values()) reported.delete(worker);
      for (const [key, { serials }] of serving) if (serials.delete(worker) && serials.size === 0) serving.delete(key);
      for (const { waiting } of dropped.values()) waiting.delete(worker);
      for (const key of failing) if (key.startsWith(`${worker} `)) failing.delete(key);
      return [...allNews(), ...minutes.left(worker, counted)];
    },
    followed: () => [...dropped.keys()].flatMap((key) => droppedNews(key, true)),
    retry(loadBalancerArn, certificateArn) {
      for (const key of refused.keys())
        if (key.startsWith(`${loadBalancerArn} ${certificateArn} `)) refused.delete(key);
    },
    forget(arn) {
      for (const key of refused.keys()) if (key.startsWith(`${arn} `)) refused.delete(key);
      listening.delete(arn);
      health.delete(arn);
      said.delete(`listening ${arn}`);
    },
    present() {
      const served = new Map<LoadBalancerArn, { certificateArn: CertificateArn; serial: string }[]>();
      for (const one of serving.values()) {
        const { loadBalancerArn, certificateArn } = one;
        const serial = serialOf(one);
        one.told = serial;
        if (serial === undefined) continue;
        const all = served.get(loadBalancerArn) ?? [];
        all.push({ certificateArn, serial });
        served.set(loadBalancerArn, all);
      }
      return [
        ...[...listening.keys()].map(listeningOf).filter((message) => message !== undefined),
        ...health.values(),
        ...[...served].flatMap(([arn, certificates]) => inPieces(arn, certificates)),
        ...refused.values(),
      ];
    },
    health: () => health.values(),
    isDecided: (worker, key) => failing.has(`${worker} ${key}`) || serving.get(key)?.serials.has(worker) === true,
    servedBy: (worker) => new Set([...serving].filter(([, { serials }]) => serials.has(worker)).map(([key]) => key)),
  };
}

/** A listener that one worker cannot serve on is in trouble, whatever the others say. */
function mergedListeners(all: readonly (readonly ListenerReport[])[]): readonly ListenerReport[] | undefined {
  const [first] = all;
  if (!first) return undefined;
  return first.map((report) => {
    const same = all.flatMap((one) => one.filter(({ listenerArn }) => listenerArn === report.listenerArn));
    return same.find(({ port }) => port === 0) ?? report;
  });
}

function inPieces(
  loadBalancerArn: LoadBalancerArn,
  all: readonly { readonly certificateArn: CertificateArn; readonly serial: string }[],
): EdgeMessage[] {
  return Array.from({ length: Math.ceil(all.length / MOST_IN_ONE) }, (_, i) => ({
    kind: "serving",
    loadBalancerArn,
    certificates: all.slice(i * MOST_IN_ONE, (i + 1) * MOST_IN_ONE),
  }));
}

interface Served {
  readonly loadBalancerArn: LoadBalancerArn;
  readonly certificateArn: CertificateArn;
  /** By worker. */
  readonly serials: Map<number, string>;
  told: string | undefined;
}

interface Dropped {
  readonly loadBalancerArn: LoadBalancerArn;
  readonly certificateArn: CertificateArn;
  connections: number;
  /** Workers that have not dropped it yet. */
  readonly waiting: Set<number>;
}

/** As many as the shape of the message allows. */
const MOST_IN_ONE = 1_000;
const MOST_REFUSED = 10_000;
