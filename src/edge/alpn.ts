import type { EdgeBalancer, EdgeListener } from "#domain/edge-config.ts";

/**
 * The protocols that a listener offers by ALPN, in the order of preference; empty: it does not speak ALPN.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/network/load-balancer-listeners.html#alpn-policies
 */
export function alpnOf(
  { protocol, alpnPolicy }: Pick<EdgeListener, "protocol" | "alpnPolicy">,
  { attributes }: Pick<EdgeBalancer, "attributes">,
): readonly string[] {
  if (protocol === "HTTPS") return attributes["routing.http2.enabled"] === "false" ? HTTP1 : ["h2", ...HTTP1];
  return POLICIES[alpnPolicy ?? "None"] ?? [];
}

const HTTP1 = ["http/1.1", "http/1.0"];
const POLICIES: Readonly<Record<string, readonly string[]>> = {
  HTTP1Only: HTTP1,
  HTTP2Only: ["h2"],
  HTTP2Optional: [...HTTP1, "h2"],
  HTTP2Preferred: ["h2", ...HTTP1],
};
