import type { EdgeBalancer, EdgeListener } from "#domain/edge-config.ts";
import { type Field, type Fields, field } from "#edge/http/fields.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { targetPolicy } from "./target-tls.ts";

/** How a listener of a load balancer passes requests and answers on; made once for each configuration. */
export interface ForwardSettings {
  readonly head: HeadSettings;
  readonly answer: AnswerSettings;
  /** How long nothing may come from either side. */
  readonly idle: Millis;
  /** The security policy of connections to HTTPS targets. */
  readonly targetPolicy: string;
}

/** What becomes of a request's fields. */
export interface HeadSettings {
  readonly forwardedFor: "append" | "preserve" | "remove";
  /** `X-Forwarded-For` tells the client's port, too. */
  readonly tellsClientPort: boolean;
  readonly preservesHost: boolean;
  /** Fields whose names are not of letters, digits and hyphens are left out. */
  readonly dropsInvalid: boolean;
  /** The names under which the client's TLS version and cipher suite are told; undefined: they are not. */
  readonly tls: { readonly version: string; readonly cipherSuite: string } | undefined;
  readonly proto: Readonly<Record<"http" | "https", Field>>;
  readonly port: Field;
  readonly listenerPort: number;
  /** For the access log, where a client names no host. */
  readonly dnsName: string;
  /** Fields of clients that are ours to set, by their keys. */
  readonly taken: ReadonlyMap<string, Taken>;
  /** The fields of mutual TLS as this listener calls them; for all requests of a connection. */
  readonly renamed: (mutual: Fields) => Fields;
}

/** A client's field that is not simply passed on: it is left out, or has a part in one of ours. */
export type Taken = "out" | "forwarded-for" | "trace-id";

/** What becomes of an answer's fields. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/header-modification.html */
export interface AnswerSettings {
  /** Replace those that the answer has. */
  readonly set: Fields;
  /** The keys of those in `set`, and others that go out. */
  readonly out: ReadonlySet<string>;
}

/** Reads the attributes of a load balancer and of one of its listeners. */
export function forwardSettings(
  { attributes, dnsName }: Pick<EdgeBalancer, "attributes" | "dnsName">,
  { attributes: ofListener, port, sslPolicy }: Pick<EdgeListener, "attributes" | "port" | "sslPolicy">,
): ForwardSettings {
  const isOn = (name: string): boolean => attributes[name] === "true";
  const nameOf = (name: string): string =>
    ofListener[`routing.http.request.${name.toLowerCase().replaceAll("-", "_")}.header_name`] || name;
  const [version, cipherSuite] = TLS_NAMES.map(nameOf);
  const mutualNames = new Map(MUTUAL_NAMES.map((name) => [name.toLowerCase(), nameOf(name)]));
  const ours = [...OURS, ...TLS_NAMES, ...MUTUAL_NAMES, ...TLS_NAMES.map(nameOf), ...mutualNames.values()];
  const mode = attributes["routing.http.xff_header_processing.mode"];
  return {
    head: {
      forwardedFor: mode === "preserve" || mode === "remove" ? mode : "append",
      tellsClientPort: isOn("routing.http.xff_client_port.enabled"),
      preservesHost: isOn("routing.http.preserve_host_header.enabled"),
      dropsInvalid: isOn("routing.http.drop_invalid_header_fields.enabled"),
      tls:
        isOn("routing.http.x_amzn_tls_version_and_cipher_suite.enabled") && version && cipherSuite
          ? { version, cipherSuite }
          : undefined,
      proto: { http: field("X-Forwarded-Proto", "http"), https: field("X-Forwarded-Proto", "https") },
      port: field("X-Forwarded-Port", String(port)),
      listenerPort: port,
      dnsName,
      taken: new Map<string, Taken>([
        ...ours.flatMap(bothWays).map((key): [string, Taken] => [key, "out"]),
        ["x-forwarded-for", "forwarded-for"],
        ["x-amzn-trace-id", "trace-id"],
      ]),
      renamed: renaming(mutualNames),
    },
    answer: answerSettings(ofListener),
    idle: Number(attributes["idle_timeout.timeout_seconds"] ?? 60) * SECOND,
    targetPolicy: targetPolicy(sslPolicy),
  };
}

/** The fields of an answer as clients of the listener get them. */
export function amended(fields: Fields, { set, out }: AnswerSettings): Fields {
  if (out.size === 0) return fields;
  return [...fields.filter(({ key }) => !out.has(key)), ...set];
}

function answerSettings(attributes: EdgeListener["attributes"]): AnswerSettings {
  const set = ANSWER_NAMES.flatMap((name) => {
    const value = attributes[`routing.http.response.${name.toLowerCase().replaceAll("-", "_")}.header_value`] ?? "";
    return value === "" ? [] : [field(name, value)];
  });
  const server = attributes["routing.http.response.server.enabled"] === "false" ? ["server"] : [];
  return { set, out: new Set([...set.map(({ key }) => key), ...server]) };
}

/** A name may be given with underscores; to many targets they are hyphens. */
function bothWays(name: string): string[] {
  const key = name.toLowerCase();
  return [key, key.replaceAll("_", "-")];
}

/** Once for each connection: its fields are the same object in all its requests. */
function renaming(names: ReadonlyMap<string, string>): (mutual: Fields) => Fields {
  const known = new WeakMap<Fields, Fields>();
  return (mutual) => {
    const before = known.get(mutual);
    if (before) return before;
    const renamed = mutual.map(({ name, key, value }) => field(names.get(key) ?? name, value));
    known.set(mutual, renamed);
    return renamed;
  };
}

/** What a client says under these names is not for targets: framing, what we say ourselves, and what proves who a user is. */
const OURS = [
  "Host",
  "Content-Length",
  "Transfer-Encoding",
  "Connection",
  "Keep-Alive",
  "Proxy-Connection",
  "TE",
  "Trailer",
  "Upgrade",
  "Expect",
  "X-Forwarded-Proto",
  "X-Forwarded-Port",
  "X-Amzn-Oidc-Accesstoken",
  "X-Amzn-Oidc-Identity",
  "X-Amzn-Oidc-Data",
];
const TLS_NAMES = ["X-Amzn-Tls-Version", "X-Amzn-Tls-Cipher-Suite"];
const MUTUAL_NAMES = [
  "X-Amzn-Mtls-Clientcert",
  "X-Amzn-Mtls-Clientcert-Issuer",
  "X-Amzn-Mtls-Clientcert-Leaf",
  "X-Amzn-Mtls-Clientcert-Serial-Number",
  "X-Amzn-Mtls-Clientcert-Subject",
  "X-Amzn-Mtls-Clientcert-Validity",
];
const ANSWER_NAMES = [
  "Access-Control-Allow-Credentials",
  "Access-Control-Allow-Headers",
  "Access-Control-Allow-Methods",
  "Access-Control-Allow-Origin",
  "Access-Control-Expose-Headers",
  "Access-Control-Max-Age",
  "Content-Security-Policy",
  "Strict-Transport-Security",
  "X-Content-Type-Options",
  "X-Frame-Options",
];
