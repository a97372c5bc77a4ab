import { endpoint, plain } from "./text.ts";

/** What the access log says of a TLS connection to a Network Load Balancer. */
export interface FlowFacts {
  /** When it ended, and when it began; in milliseconds of the clock. */
  readonly endedAt: number;
  readonly beganAt: number;
  /** The id of the listener: the end of its ARN. */
  readonly listenerId: string;
  readonly address: string;
  readonly port: number;
  /** Where the client connected to. */
  readonly localAddress: string;
  readonly localPort: number;
  /** How long the handshake took, in milliseconds; undefined when it did not come to its end. */
  readonly handshake: number | undefined;
  readonly received: number;
  readonly sent: number;
  /** The number of a TLS alert that the client sent. */
  readonly alert?: number | undefined;
  readonly certificateArn?: string | undefined;
  readonly cipher?: string | undefined;
  /** For example `TLSv1.2`. */
  readonly protocol?: string | undefined;
  readonly group?: string | undefined;
  readonly serverName?: string | undefined;
  /** What was agreed with the client, and with the target. */
  readonly alpn?: string | undefined;
  readonly targetAlpn?: string | undefined;
  /** What the client offered, where the listener has an ALPN policy. */
  readonly offered?: readonly string[] | undefined;
}

/**
 * One line of the access log of a TLS listener.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-access-logs.html
 */
export function flowLine(resource: string, facts: FlowFacts): string {
  return (
    `tls 2.0 ${second(facts.endedAt)} ${resource} ${facts.listenerId} ` +
    `${endpoint(facts.address, facts.port)} ${endpoint(facts.localAddress, facts.localPort)} ` +
    `${Math.max(0, Math.round(facts.endedAt - facts.beganAt))} ` +
    `${facts.handshake === undefined ? "-" : Math.round(facts.handshake)} ${facts.received} ${facts.sent} ` +
    `${facts.alert ?? "-"} ${plain(facts.certificateArn)} - ${plain(facts.cipher)} ${protocolWord(facts.protocol)} ` +
    `${plain(facts.group)} ${facts.serverName === undefined ? "-" : encodeURIComponent(facts.serverName)} ` +
    `${plain(facts.alpn)} ${plain(facts.targetAlpn)} ${preferences(facts.offered)} ${second(facts.beganAt)}\n`
  );
}

function preferences(offered: readonly string[] | undefined): string {
  if (!offered || offered.length === 0) return "-";
  // What a client may offer is any bytes; a slash is left as it is, as in AWS's examples.
  const list = offered.map((one) => `"${encodeURIComponent(one.toWellFormed()).replaceAll("%2F", "/")}"`).join(",");
  return list.slice(0, MOST_PREFERENCES);
}

/** `TLSv1.2` is `tlsv12` here. */
function protocolWord(protocol: string | undefined): string {
  if (protocol === undefined) return "-";
  return protocol === "TLSv1" ? "tlsv10" : protocol.toLowerCase().replace(".", "");
}

function second(at: number): string {
  return new Date(at).toISOString().slice(0, 19);
}

const MOST_PREFERENCES = 256;
