import type { BalancerType } from "#domain/tls/policies.ts";
import { type AttributeOwner, type AttributeTable, fixed } from "./attributes.ts";

/** The attributes of a listener of that type of load balancer. */
export function listenerAttributes(type: BalancerType): AttributeOwner {
  return {
    resource: "Listener",
    on: `listeners of load balancers with type '${type}'`,
    table: TABLES[type],
    elsewhere: Object.values(TABLES),
  };
}

const NO_HEADERS = "the edge does not rewrite this header";
const header = (name: string): AttributeTable => ({
  [`routing.http.request.${name}.header_name`]: fixed(HEADER_NAMES[name] ?? "", NO_HEADERS),
});
const answer = (name: string): AttributeTable => ({
  [`routing.http.response.${name}.header_value`]: fixed("", NO_HEADERS),
});

const HEADER_NAMES: Readonly<Record<string, string>> = {
  x_amzn_mtls_clientcert: "X-Amzn-Mtls-Clientcert",
  x_amzn_mtls_clientcert_issuer: "X-Amzn-Mtls-Clientcert-Issuer",
  x_amzn_mtls_clientcert_leaf: "X-Amzn-Mtls-Clientcert-Leaf",
  x_amzn_mtls_clientcert_serial_number: "X-Amzn-Mtls-Clientcert-Serial-Number",
  x_amzn_mtls_clientcert_subject: "X-Amzn-Mtls-Clientcert-Subject",
  x_amzn_mtls_clientcert_validity: "X-Amzn-Mtls-Clientcert-Validity",
  x_amzn_tls_cipher_suite: "X-Amzn-Tls-Cipher-Suite",
  x_amzn_tls_version: "X-Amzn-Tls-Version",
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ListenerAttribute.html (2026-09) */
const TABLES: Readonly<Record<BalancerType, AttributeTable>> = {
  application: Object.assign(
    { "routing.http.response.server.enabled": fixed("true", NO_HEADERS) },
    ...Object.keys(HEADER_NAMES).map(header),
    ...[
      "access_control_allow_credentials",
      "access_control_allow_headers",
      "access_control_allow_methods",
      "access_control_allow_origin",
      "access_control_expose_headers",
      "access_control_max_age",
      "content_security_policy",
      "strict_transport_security",
      "x_content_type_options",
      "x_frame_options",
    ].map(answer),
  ) as AttributeTable,
  network: { "tcp.idle_timeout.seconds": fixed("350", "the edge closes idle TCP connections after 350 seconds") },
};
