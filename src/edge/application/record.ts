import type { RefusedRequest } from "#edge/http/connection.ts";
import type { Exchange } from "#edge/http/exchange.ts";
import { type Fields, firstValue } from "#edge/http/fields.ts";
import { type AccessFacts, accessLine } from "#edge/logs/access-line.ts";
import type { Log } from "#edge/logs/log-book.ts";
import { resourceId } from "#edge/logs/log-file.ts";
import { endpoint } from "#edge/logs/text.ts";
import type { Meters } from "#edge/metrics/board.ts";
import type { MetricName } from "#edge/metrics/names.ts";
import type { Series } from "#edge/metrics/series.ts";
import type { Journey } from "#edge/targets/journey.ts";
import type { TraceIds } from "#edge/targets/trace-id.ts";
import type { Clock } from "#lib/clock.ts";
import type { Visit } from "./visit.ts";

/** Writes down what became of requests: a line in the access log, and the metrics. */
export interface Recorder {
  /** `exchange` has ended. */
  record(visit: Visit, exchange: Exchange, whole: boolean): void;
  refused(refusal: RefusedRequest): void;
}

export interface RecorderDeps {
  readonly meters: Meters;
  readonly accessLog: Log;
  readonly traces: TraceIds;
  readonly clock: Clock;
}

export function recorder(loadBalancerArn: string, dnsName: string, deps: RecorderDeps): Recorder {
  const { meters, accessLog } = deps;
  const resource = resourceId(loadBalancerArn);
  const count = counters(meters);
  return {
    record(visit, exchange, whole) {
      const { journey } = visit;
      if (journey.status === undefined && !whole) journey.status = CLIENT_GONE;
      count.request(visit, exchange);
      if (accessLog.enabled) accessLog.write(accessLine(resource, factsOf(visit, exchange, deps)));
    },
    refused(refusal) {
      count.refused(refusal);
      if (accessLog.enabled) accessLog.write(accessLine(resource, factsOfRefused(refusal, dnsName, deps)));
    },
  };
}

function factsOf(visit: Visit, exchange: Exchange, { traces, clock }: RecorderDeps): AccessFacts {
  const { journey, transformed } = visit;
  const { client, host, fields } = exchange;
  const { target, group } = journey;
  const isGrpc = group?.protocolVersion === "GRPC";
  return {
    type: typeOf(exchange, journey.switched, isGrpc),
    at: journey.switched ? clock.now().getTime() : (journey.respondedAt ?? clock.now().getTime()),
    client,
    arrivedAt: exchange.arrivedAt,
    sentAt: journey.sentAt,
    answeredAt: journey.answeredAt,
    respondedAt: journey.respondedAt,
    target: target && journey.sentAt !== undefined ? endpoint(target.address, target.port) : undefined,
    targetStatus: journey.targetStatus,
    status: journey.status,
    received: exchange.received,
    sent: exchange.sent,
    method: exchange.method,
    host: host === undefined ? visit.settings.head.dnsName : withoutPort(host),
    uri: exchange.target,
    protocol: PROTOCOLS[exchange.version],
    userAgent: firstValue(fields, "user-agent"),
    targetGroupArn: group?.arn,
    traceId: journey.traceId ?? traces.next(firstValue(fields, "x-amzn-trace-id"), exchange.arrivedAt),
    priority: visit.priority,
    actions: visit.actions,
    redirectUrl: visit.redirectUrl,
    errorReason: visit.errorReason,
    desync: exchange.desync,
    transformedHost: transformed?.host,
    transformedUri: transformed?.target,
    transformStatus: transformed?.status,
  };
}

/** Of a request that could not be read: the line may be anything. */
function factsOfRefused(refusal: RefusedRequest, dnsName: string, { clock }: RecorderDeps): AccessFacts {
  const now = clock.now().getTime();
  const { client, status, received, sent, desync, line } = refusal;
  const [, method, uri, protocol] = /^([!#$%&'*+.^`|~\w-]{1,64}) ([^ ]+) (HTTP\/\d\.\d)$/.exec(line ?? "") ?? [];
  const nothing = { sentAt: undefined, answeredAt: undefined, target: undefined, targetStatus: undefined };
  const none = { userAgent: undefined, targetGroupArn: undefined, traceId: undefined, priority: undefined };
  return {
    type: client.scheme,
    at: now,
    client,
    arrivedAt: now,
    respondedAt: now,
    status,
    received,
    sent,
    method,
    host: dnsName,
    uri: uri?.startsWith("/") === true ? uri : "",
    protocol,
    actions: "",
    redirectUrl: undefined,
    errorReason: undefined,
    desync,
    transformedHost: undefined,
    transformedUri: undefined,
    transformStatus: undefined,
    ...nothing,
    ...none,
  };
}

interface Counters {
  request(visit: Visit, exchange: Exchange): void;
  refused(refusal: RefusedRequest): void;
}

/** The series are looked up once, so that a request only adds to them. */
function counters(meters: Meters): Counters {
  const requests = meters.of("RequestCount");
  const bytes = meters.of("ProcessedBytes");
  const evaluations = meters.of("RuleEvaluations");
  const ipv6Requests = meters.of("IPv6RequestCount");
  const ipv6Bytes = meters.of("IPv6ProcessedBytes");
  const desync = meters.of("DesyncMitigationMode_NonCompliant_Request_Count");
  const grpc = meters.of("GrpcRequestCount");
  const dropped = meters.of("DroppedInvalidHeaderRequestCount");
  const forwarded = meters.of("ForwardedInvalidHeaderRequestCount");
  const all = targetSeries(meters);
  const groups = new WeakMap<object, GroupSeries>();
  const seriesOf = (group: NonNullable<Journey["group"]>): GroupSeries => {
    const known = groups.get(group);
    if (known) return known;
    const { arn, targets } = group;
    const fresh = {
      ...targetSeries(meters, arn),
      requests: meters.of("RequestCount", arn),
      perTarget: meters.of("RequestCountPerTarget", arn),
      share: 1 / Math.max(1, targets.length),
    };
    groups.set(group, fresh);
    return fresh;
  };
  const processed = (address: string, moved: number): void => {
    bytes.add(moved);
    if (address.includes(":")) ipv6Bytes.add(moved);
  };
  const ownStatus = (status: number): void => {
    const names = OWN[status] ?? OWN[Math.floor(status / 100)];
    for (const name of names ?? []) meters.of(name).add(1);
  };
  return {
    request(visit, { client, received, sent, fields, desync: classified }) {
      const { journey } = visit;
      requests.add(1);
      processed(client.address, received + sent);
      if (client.address.includes(":")) ipv6Requests.add(1);
      if (classified.level !== "Compliant") desync.add(1);
      if (visit.evaluations > 0) evaluations.add(visit.evaluations);
      const { group, targetStatus, status } = journey;
      const own = group && seriesOf(group);
      if (own) {
        own.requests.add(1);
        own.perTarget.add(own.share);
        if (group.protocolVersion === "GRPC") grpc.add(1);
        if (hasInvalidName(fields)) (visit.settings.head.dropsInvalid ? dropped : forwarded).add(1);
        addTarget(all, journey);
        addTarget(own, journey);
      }
      if (targetStatus === undefined && status !== undefined) ownStatus(status);
    },
    refused({ client, status, received, sent, desync: classified }) {
      processed(client.address, received + sent);
      if (classified.level !== "Compliant") desync.add(1);
      if (status !== undefined) ownStatus(status);
    },
  };
}

interface TargetSeries {
  readonly time: Series;
  readonly statuses: readonly (Series | undefined)[];
  readonly connectionErrors: Series;
  readonly tlsErrors: Series;
}

interface GroupSeries extends TargetSeries {
  readonly requests: Series;
  readonly perTarget: Series;
  /** What one request adds to the average of the targets. */
  readonly share: number;
}

function targetSeries(meters: Meters, targetGroupArn?: string): TargetSeries {
  const of = (name: MetricName): Series => meters.of(name, targetGroupArn);
  return {
    time: of("TargetResponseTime"),
    statuses: [undefined, undefined, ...STATUS_NAMES.map(of)],
    connectionErrors: of("TargetConnectionErrorCount"),
    tlsErrors: of("TargetTLSNegotiationErrorCount"),
  };
}

function addTarget(
  series: TargetSeries,
  { sentAt, answeredAt, targetStatus, connectionErrors, tlsErrors }: Journey,
): void {
  if (sentAt !== undefined && answeredAt !== undefined) series.time.add((answeredAt - sentAt) / 1000);
  if (targetStatus !== undefined) series.statuses[Math.floor(targetStatus / 100)]?.add(1);
  if (connectionErrors > 0) series.connectionErrors.add(connectionErrors);
  if (tlsErrors > 0) series.tlsErrors.add(tlsErrors);
}

/** Whether a field's name is not of letters, digits and hyphens; keys are in lower case. */
function hasInvalidName(fields: Fields): boolean {
  for (const { key } of fields) {
    for (let at = 0; at < key.length; at++) {
      const code = key.charCodeAt(at);
      if (!((code >= 0x61 && code <= 0x7a) || code === 0x2d || (code >= 0x30 && code <= 0x39))) return true;
    }
  }
  return false;
}

function typeOf({ client, version }: Exchange, switched: boolean, isGrpc: boolean): AccessFacts["type"] {
  const secure = client.scheme === "https";
  if (switched) return secure ? "wss" : "ws";
  if (!secure) return "http";
  if (version !== "2") return "https";
  return isGrpc ? "grpcs" : "h2";
}

function withoutPort(host: string): string {
  const colon = host.lastIndexOf(":");
  return colon > host.lastIndexOf("]") ? host.slice(0, colon) : host;
}

/** By status, then by its hundreds. */
const OWN: Readonly<Record<number, readonly MetricName[]>> = {
  3: ["HTTPCode_ELB_3XX_Count"],
  4: ["HTTPCode_ELB_4XX_Count"],
  5: ["HTTPCode_ELB_5XX_Count"],
  500: ["HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_500_Count"],
  502: ["HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_502_Count"],
  503: ["HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_503_Count"],
  504: ["HTTPCode_ELB_5XX_Count", "HTTPCode_ELB_504_Count"],
};
const STATUS_NAMES = [
  "HTTPCode_Target_2XX_Count",
  "HTTPCode_Target_3XX_Count",
  "HTTPCode_Target_4XX_Count",
  "HTTPCode_Target_5XX_Count",
] as const satisfies readonly MetricName[];
const PROTOCOLS: Readonly<Record<Exchange["version"], string>> = {
  "1.0": "HTTP/1.0",
  "1.1": "HTTP/1.1",
  "2": "HTTP/2.0",
};
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-460-issues */
const CLIENT_GONE = 460;
