import { Refusal } from "#domain/refusal.ts";
import type { BalancerType } from "#domain/tls/policies.ts";

export type ListenerProtocol = "HTTP" | "HTTPS" | "TCP" | "TLS" | "UDP" | "TCP_UDP";
export type TargetProtocol = ListenerProtocol;

interface ProtocolFacts {
  readonly balancer: BalancerType;
  /** Whether the listener ends TLS, so that it wants a certificate and a policy. */
  readonly secure: boolean;
  /** What its target groups may speak. */
  readonly targets: readonly TargetProtocol[];
}

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/network/create-listener.html (2026-09) */
export const LISTENER_PROTOCOLS: Readonly<Record<ListenerProtocol, ProtocolFacts>> = {
  HTTP: { balancer: "application", secure: false, targets: ["HTTP", "HTTPS"] },
  HTTPS: { balancer: "application", secure: true, targets: ["HTTP", "HTTPS"] },
  TCP: { balancer: "network", secure: false, targets: ["TCP", "TCP_UDP"] },
  TLS: { balancer: "network", secure: true, targets: ["TCP", "TLS"] },
  UDP: { balancer: "network", secure: false, targets: ["UDP", "TCP_UDP"] },
  TCP_UDP: { balancer: "network", secure: false, targets: ["TCP_UDP"] },
};

/**
 * A protocol that a listener of that type of load balancer can have. Throws `balancer-input-invalid` for one of the
 * other type and `protocol-unsupported` for those that only AWS has.
 */
export function listenerProtocol(type: BalancerType, given: string): ListenerProtocol {
  const protocol = Object.hasOwn(LISTENER_PROTOCOLS, given) ? (given as ListenerProtocol) : undefined;
  if (protocol && LISTENER_PROTOCOLS[protocol].balancer === type) return protocol;
  if (type === "network" && Object.hasOwn(UNSERVED, given)) throw unsupported(given);
  const possible = Object.entries(LISTENER_PROTOCOLS).filter(([, { balancer }]) => balancer === type);
  throw new Refusal(
    "balancer-input-invalid",
    `Listener protocol '${given}' must be one of '${possible.map(([name]) => name).join(", ")}'`,
  );
}

/** A protocol that a target group can have. Throws `protocol-unsupported` for those that only AWS has. */
export function targetProtocol(given: string): TargetProtocol {
  if (Object.hasOwn(LISTENER_PROTOCOLS, given)) return given as TargetProtocol;
  throw unsupported(given);
}

/** Whether target groups of that protocol take HTTP requests, those of an Application Load Balancer. */
export function isHttp(protocol: string): boolean {
  return protocol === "HTTP" || protocol === "HTTPS";
}

function unsupported(protocol: string): Refusal {
  const why = UNSERVED[protocol] ?? "load balancers carry HTTP, HTTPS, TCP, TLS, UDP and TCP_UDP";
  return new Refusal("protocol-unsupported", `The protocol '${protocol}' is not available here: ${why}`);
}

const NO_QUIC = "the edge does not speak QUIC";
const UNSERVED: Readonly<Record<string, string>> = {
  GENEVE: "it is that of Gateway Load Balancers, and there is no network here to put one into",
  QUIC: NO_QUIC,
  TCP_QUIC: NO_QUIC,
};
