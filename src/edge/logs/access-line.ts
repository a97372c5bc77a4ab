import type { Classification } from "#edge/http/desync.ts";
import type { Client } from "#edge/http/exchange.ts";
import { endpoint, isoMicros, quoted, seconds } from "./text.ts";

/** Everything that the access log says of a request to an Application Load Balancer. */
export interface AccessFacts {
  readonly type: "http" | "https" | "h2" | "grpcs" | "ws" | "wss";
  /** When the answer was sent; of WebSockets, when the connection ended. */
  readonly at: number;
  readonly client: Client;
  /** When the load balancer had the request; its times are the milliseconds of one clock. */
  readonly arrivedAt: number;
  readonly sentAt: number | undefined;
  readonly answeredAt: number | undefined;
  readonly respondedAt: number | undefined;
  /** `address:port`. */
  readonly target: string | undefined;
  readonly targetStatus: number | undefined;
  readonly status: number | undefined;
  readonly received: number;
  readonly sent: number;
  readonly method: string | undefined;
  readonly host: string | undefined;
  /** Path and query. */
  readonly uri: string;
  /** For example `HTTP/1.1`. */
  readonly protocol: string | undefined;
  readonly userAgent: string | undefined;
  readonly targetGroupArn: string | undefined;
  readonly traceId: string | undefined;
  /** -1 when rules could not be evaluated, undefined when it did not come to that. */
  readonly priority: number | undefined;
  /** In their order, with commas. */
  readonly actions: string;
  readonly redirectUrl: string | undefined;
  readonly errorReason: string | undefined;
  readonly desync: Classification;
  readonly transformedHost: string | undefined;
  readonly transformedUri: string | undefined;
  readonly transformStatus: string | undefined;
}

/**
 * One line of the access log.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-access-logs.html#access-log-entry-format
 */
export function accessLine(resource: string, facts: AccessFacts): string {
  const { client, target, status, targetStatus, desync } = facts;
  const { tls } = client;
  const url = `${client.scheme}://${facts.host ?? "-"}:${client.listenerPort}${facts.uri}`;
  const request = `${facts.method ?? "-"} ${url} ${facts.protocol ?? "-"}`;
  // A request that got no answer has no times: the target closed, or was silent for too long.
  const sentAt = facts.answeredAt === undefined ? undefined : facts.sentAt;
  const agent = facts.userAgent;
  return (
    `${facts.type} ${isoMicros(facts.at)} ${resource} ` +
    `${endpoint(client.address, client.port)} ${target ?? "-"} ` +
    `${seconds(facts.arrivedAt, sentAt)} ${seconds(sentAt, facts.answeredAt)} ` +
    `${seconds(facts.answeredAt, sentAt === undefined ? undefined : facts.respondedAt)} ` +
    `${status ?? "-"} ${targetStatus ?? "-"} ${facts.received} ${facts.sent} ` +
    `${quoted(request)} ${quoted(agent !== undefined && agent.length > MOST_AGENT ? agent.slice(0, MOST_AGENT) : agent)} ` +
    `${tls?.cipher ?? "-"} ${tls?.version ?? "-"} ${facts.targetGroupArn ?? "-"} ${quoted(facts.traceId)} ` +
    `${quoted(tls?.serverName)} ${own(tls?.certificateArn)} ${facts.priority ?? "-"} ${isoMicros(facts.arrivedAt)} ` +
    `${own(facts.actions)} ${quoted(facts.redirectUrl)} ${own(facts.errorReason)} ` +
    `"${target ?? "-"}" "${targetStatus ?? "-"}" ` +
    `"${desync.level === "Compliant" ? "-" : desync.level}" ${own(desync.reason)} ${client.connectionId} ` +
    `${quoted(facts.transformedHost)} ${quoted(facts.transformedUri)} ${own(facts.transformStatus)}\n`
  );
}

/** A word of ours: nothing in it needs to be looked at. */
function own(word: string | undefined): string {
  return word === undefined || word === "" ? '"-"' : `"${word}"`;
}

const MOST_AGENT = 8 * 1024;
