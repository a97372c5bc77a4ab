import { isIPv6 } from "node:net";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { type Client, type Exchange, endToEnd, fieldValues, type Headers } from "./exchange.ts";

/** `LoadBalancerAttributes`. */
export type Attributes = Readonly<Record<string, string>>;

/**
 * The header fields that a target gets, framing excepted.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
export function forwardedHeaders(
  { headers, host, client }: Pick<Exchange, "headers" | "host" | "client">,
  { attributes, dnsName }: { readonly attributes: Attributes; readonly dnsName: string },
  deps: { readonly clock: Clock; readonly ids: Ids },
): [string, string][] {
  const isOn = (name: string): boolean => attributes[name] === "true";
  const keepInvalid = !isOn("routing.http.drop_invalid_header_fields.enabled");
  const kept = endToEnd(headers).filter(
    ([name]) => !OURS.has(name.toLowerCase()) && (keepInvalid || /^[A-Za-z0-9-]+$/.test(name)),
  );
  const mode = attributes["routing.http.xff_header_processing.mode"] ?? "append";
  const before = fieldValues(headers, "x-forwarded-for");
  const from = clientName(client, isOn("routing.http.xff_client_port.enabled"));
  const chain = mode === "append" ? [...before, from] : mode === "preserve" ? before : [];
  return [
    ...(chain.length > 0 ? [["X-Forwarded-For", chain.join(", ")] as [string, string]] : []),
    ["X-Forwarded-Proto", client.scheme],
    ["X-Forwarded-Port", String(client.listenerPort)],
    ["Host", isOn("routing.http.preserve_host_header.enabled") ? (host ?? dnsName) : hostFor(host ?? dnsName, client)],
    ["X-Amzn-Trace-Id", traceId(fieldValues(headers, "x-amzn-trace-id")[0], deps)],
    ...(client.tls && isOn("routing.http.x_amzn_tls_version_and_cipher_suite.enabled")
      ? ([
          ["X-Amzn-Tls-Version", client.tls.version],
          ["X-Amzn-Tls-Cipher-Suite", client.tls.cipherSuite],
        ] as [string, string][])
      : []),
    ...kept.map(([name, value]): [string, string] => [name, value]),
  ];
}

/** How many addresses the client says its request came through. */
export function forwardedCount(headers: Headers): number {
  return fieldValues(headers, "x-forwarded-for").flatMap((value) => value.split(",")).length;
}

/** Without `preserve_host_header`, the port stands in it exactly when the listener's is not the usual one. */
function hostFor(host: string, { listenerPort }: Client): string {
  if (listenerPort === 80 || listenerPort === 443) return host.replace(/:\d*$/, "");
  return /:\d+$/.test(host) ? host : `${host}:${listenerPort}`;
}

function clientName({ address, port }: Client, withPort: boolean): string {
  if (!withPort) return address;
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-request-tracing.html */
function traceId(given: string | undefined, { clock, ids }: { readonly clock: Clock; readonly ids: Ids }): string {
  const seconds = Math.floor(clock.now().getTime() / 1000);
  const fresh = `1-${seconds.toString(16).padStart(8, "0")}-${ids.hex(12)}`;
  if (given === undefined) return `Root=${fresh}`;
  if (!/(^|;)\s*Root=/.test(given)) return `Root=${fresh};${given}`;
  const others = given.split(";").filter((field) => !/^\s*Self=/.test(field));
  return [`Self=${fresh}`, ...others].join(";");
}

const OURS = new Set([
  "host",
  "content-length",
  "expect",
  "x-forwarded-for",
  "x-forwarded-proto",
  "x-forwarded-port",
  "x-amzn-trace-id",
  "x-amzn-tls-version",
  "x-amzn-tls-cipher-suite",
]);
