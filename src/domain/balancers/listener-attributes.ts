import {
  type AttributeOwner,
  type AttributeRule,
  type AttributeTable,
  fixed,
  flag,
  text,
  whole,
} from "./attributes.ts";
import type { ListenerProtocol } from "./protocols.ts";

/** The attributes of a listener of that protocol. */
export function listenerAttributes(protocol: ListenerProtocol): AttributeOwner {
  return {
    resource: "Listener",
    on: `listeners with the '${protocol}' protocol`,
    table: TABLES[protocol],
    elsewhere: Object.values(TABLES),
    conflict: sameHeaderTwice,
  };
}

/** What the edge adds to requests must have names of its own. */
function sameHeaderTwice(attributes: Readonly<Record<string, string>>): string | undefined {
  const names = Object.entries(attributes)
    .filter(([key]) => key.startsWith("routing.http.request."))
    .map(([, name]) => name.toLowerCase());
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  return twice === undefined ? undefined : `The header name '${twice}' was specified for more than one header`;
}

const requestHeader = (standard: string): AttributeRule => ({
  default: standard,
  check: (name) => {
    if (!/^[A-Za-z0-9_-]{1,40}$/.test(name)) return "must have 1 to 40 letters, digits, '-' and '_'";
    return RESERVED.has(name.toLowerCase()) ? "is the name of a header with a meaning of its own" : undefined;
  },
});

/** What a target, a proxy or HTTP itself understands in its own way. */
const RESERVED: ReadonlySet<string> = new Set([
  "authorization",
  "connection",
  "content-length",
  "content-type",
  "cookie",
  "expect",
  "host",
  "keep-alive",
  "proxy-authorization",
  "proxy-connection",
  "te",
  "trailer",
  "transfer-encoding",
  "upgrade",
  "x-amzn-trace-id",
  "x-forwarded-for",
  "x-forwarded-port",
  "x-forwarded-proto",
]);

const REQUEST_HEADERS: Readonly<Record<string, string>> = {
  x_amzn_mtls_clientcert: "X-Amzn-Mtls-Clientcert",
  x_amzn_mtls_clientcert_issuer: "X-Amzn-Mtls-Clientcert-Issuer",
  x_amzn_mtls_clientcert_leaf: "X-Amzn-Mtls-Clientcert-Leaf",
  x_amzn_mtls_clientcert_serial_number: "X-Amzn-Mtls-Clientcert-Serial-Number",
  x_amzn_mtls_clientcert_subject: "X-Amzn-Mtls-Clientcert-Subject",
  x_amzn_mtls_clientcert_validity: "X-Amzn-Mtls-Clientcert-Validity",
  x_amzn_tls_cipher_suite: "X-Amzn-Tls-Cipher-Suite",
  x_amzn_tls_version: "X-Amzn-Tls-Version",
};

/** Without one the edge leaves what the target says. */
const RESPONSE_HEADERS: Readonly<Record<string, AttributeRule>> = {
  access_control_allow_credentials: text(/^true$/, "must be 'true'"),
  access_control_allow_headers: text(
    /^(?:\*|[!#$%&'*+.^`|~\w-]+(?:, ?[!#$%&'*+.^`|~\w-]+)*)$/,
    "is no list of headers",
  ),
  access_control_allow_methods: text(/^(?:\*|[A-Z]+(?:, ?[A-Z]+)*)$/, "is no list of methods"),
  access_control_allow_origin: text(/^(?:\*|null|https?:\/\/[!-~]+)$/, "must be '*' or an origin"),
  access_control_expose_headers: text(
    /^(?:\*|[!#$%&'*+.^`|~\w-]+(?:, ?[!#$%&'*+.^`|~\w-]+)*)$/,
    "is no list of headers",
  ),
  access_control_max_age: text(/^\d{1,5}$/, "must be a number of seconds up to 86400"),
  content_security_policy: text(/^[\x20-\x7e]{1,1024}$/, "must be visible ASCII characters"),
  strict_transport_security: text(
    /^max-age=\d{1,10}(?:; ?includeSubDomains)?(?:; ?preload)?$/,
    "must be 'max-age=…', optionally with '; includeSubDomains' and '; preload'",
  ),
  x_content_type_options: text(/^nosniff$/, "must be 'nosniff'"),
  x_frame_options: text(/^(?:DENY|SAMEORIGIN|ALLOW-FROM [!-~]+)$/, "must be DENY, SAMEORIGIN or ALLOW-FROM with a URL"),
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html (2026-09) */
const HTTP: AttributeTable = {
  ...Object.fromEntries(
    Object.entries(REQUEST_HEADERS).map(([name, standard]) => [
      `routing.http.request.${name}.header_name`,
      requestHeader(standard),
    ]),
  ),
  ...Object.fromEntries(
    Object.entries(RESPONSE_HEADERS).map(([name, rule]) => [`routing.http.response.${name}.header_value`, rule]),
  ),
  "routing.http.response.server.enabled": flag(true),
};

const TCP: AttributeTable = { "tcp.idle_timeout.seconds": whole("350", 60, 6000) };

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/network-load-balancers.html#connection-idle-timeout */
const TABLES: Readonly<Record<ListenerProtocol, AttributeTable>> = {
  HTTP,
  HTTPS: HTTP,
  TCP,
  TCP_UDP: TCP,
  TLS: {
    "tcp.idle_timeout.seconds": fixed("350", "the idle timeout of TLS listeners cannot be changed, on AWS neither"),
  },
  UDP: {},
};
