import { isIPv6 } from "node:net";
import type { Client, Exchange } from "#edge/http/exchange.ts";
import { type Field, type Fields, field } from "#edge/http/fields.ts";
import { NO_TRAILERS } from "#edge/http/trailers.ts";
import type { HeadSettings, Taken } from "./forward-settings.ts";
import type { TraceIds } from "./trace-id.ts";

/** What the actions and transforms of a rule changed about a request. */
export interface Rewritten {
  /** Without a port, as transforms make it; undefined: the client's. */
  readonly host?: string | undefined;
  /** Path and query; undefined: the client's. */
  readonly target?: string | undefined;
  /** Fields that actions add; a client's under the same names are left out. */
  readonly fields?: Fields | undefined;
}

export interface TargetHead {
  readonly host: string;
  readonly fields: Fields;
  readonly traceId: string;
}

/**
 * The head of a request as its target gets it, framing excepted, made in one pass over what the client sent.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/x-forwarded-headers.html
 */
export function targetHead(
  { fields, host, client, arrivedAt }: Pick<Exchange, "fields" | "host" | "client" | "arrivedAt">,
  settings: HeadSettings,
  rewritten: Rewritten | undefined,
  traces: TraceIds,
): TargetHead {
  const { taken, dropsInvalid, proto, port, forwardedFor, tls } = settings;
  const added = rewritten?.fields ?? NONE;
  const all: Field[] = [FIRST, proto[client.scheme], port];
  let chain: string | undefined;
  let givenTrace: string | undefined;
  for (const one of fields) {
    const part = partOf(one.key, taken);
    if (part === undefined) {
      if (dropsInvalid && !isPlain(one.key)) continue;
      if (added.length > 0 && isAmong(added, one.key)) continue;
      all.push(one);
    } else if (part === "forwarded-for") {
      chain = chain === undefined ? one.value : `${chain}, ${one.value}`;
    } else if (part === "trace-id") {
      givenTrace ??= one.value;
    }
  }
  if (forwardedFor === "append") {
    const from = settings.tellsClientPort ? withPort(client) : client.address;
    chain = chain === undefined ? from : `${chain}, ${from}`;
  } else if (forwardedFor === "remove") chain = undefined;
  const traceId = traces.next(givenTrace, arrivedAt);
  const trace: Field = { name: "X-Amzn-Trace-Id", key: "x-amzn-trace-id", value: traceId };
  if (chain === undefined) all[0] = trace;
  else {
    all[0] = { name: "X-Forwarded-For", key: "x-forwarded-for", value: chain };
    all.push(trace);
  }
  if (client.tls) {
    if (tls) all.push(field(tls.version, client.tls.version), field(tls.cipherSuite, client.tls.cipherSuite));
    if (client.tls.mutual.length > 0) for (const one of settings.renamed(client.tls.mutual)) all.push(one);
  }
  for (const one of added) all.push(one);
  return { host: hostOf(rewritten?.host, host ?? unnamedHost(client), settings), fields: all, traceId };
}

/** The trailers of a request as its target gets them: many targets read them as if they stood in the head. */
export function targetTrailers(
  trailers: Fields,
  { taken, dropsInvalid }: HeadSettings,
  rewritten: Rewritten | undefined,
): Fields {
  const added = rewritten?.fields ?? NONE;
  return trailers.filter(
    ({ key }) =>
      !NO_TRAILERS.has(key) &&
      partOf(key, taken) === undefined &&
      (!dropsInvalid || isPlain(key)) &&
      !isAmong(added, key),
  );
}

/**
 * A rewritten host is taken as it is. Without `preserve_host_header`, the port stands in the client's exactly when the
 * listener's is not the usual one.
 */
function hostOf(rewritten: string | undefined, given: string, { preservesHost, listenerPort }: HeadSettings): string {
  const host = rewritten ?? given;
  if (preservesHost || rewritten !== undefined) return host;
  const colon = host.lastIndexOf(":");
  const hasPort = colon > host.lastIndexOf("]");
  if (listenerPort === 80 || listenerPort === 443) return hasPort ? host.slice(0, colon) : host;
  return hasPort ? host : `${host}:${listenerPort}`;
}

/** A client of HTTP/1.0 may name no host: the load balancer's address stands for it. */
function unnamedHost({ localAddress }: Client): string {
  return isIPv6(localAddress) ? `[${localAddress}]` : localAddress;
}

function withPort({ address, port }: Client): string {
  return isIPv6(address) ? `[${address}]:${port}` : `${address}:${port}`;
}

function isAmong(fields: Fields, key: string): boolean {
  for (const one of fields) if (one.key === key) return true;
  return false;
}

/**
 * What a field of a client's is to us. Many targets know fields by CGI's names, in which `X_Forwarded_Proto` is
 * `X-Forwarded-Proto` (RFC 3875 section 4.1.18): what only looks like one of ours is left out.
 */
function partOf(key: string, taken: ReadonlyMap<string, Taken>): Taken | undefined {
  const part = taken.get(key);
  if (part !== undefined || !key.includes("_")) return part;
  return taken.has(key.replaceAll("_", "-")) ? "out" : undefined;
}

/** Letters, digits and hyphens only; the key is in lower case. */
function isPlain(key: string): boolean {
  for (let at = 0; at < key.length; at += 1) {
    const code = key.charCodeAt(at);
    if (!((code >= 0x61 && code <= 0x7a) || (code >= 0x30 && code <= 0x39) || code === 0x2d)) return false;
  }
  return key.length > 0;
}

const NONE: Fields = [];
/** Holds the first place. */
const FIRST: Field = { name: "", key: "", value: "" };
