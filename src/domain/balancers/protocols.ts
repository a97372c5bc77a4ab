import { Refusal } from "#domain/refusal.ts";
import type { BalancerType } from "#domain/tls/policies.ts";

export type ListenerProtocol = "HTTP" | "HTTPS" | "TCP" | "TLS";
export type TargetProtocol = "HTTP" | "HTTPS" | "TCP" | "TLS";

interface ProtocolFacts {
  readonly balancer: BalancerType;
  /** Whether the listener ends TLS, so that it wants a certificate and a policy. */
  readonly secure: boolean;
  /** What its target groups may speak. */
  readonly targets: readonly TargetProtocol[];
}

export const LISTENER_PROTOCOLS: Readonly<Record<ListenerProtocol, ProtocolFacts>> = {
  HTTP: { balancer: "application", secure: false, targets: ["HTTP", "HTTPS"] },
  HTTPS: { balancer: "application", secure: true, targets: ["HTTP", "HTTPS"] },
  TCP: { balancer: "network", secure: false, targets: ["TCP"] },
  TLS: { balancer: "network", secure: true, targets: ["TCP", "TLS"] },
};

/**
 * A protocol that a listener of that type of load balancer can have. Throws `balancer-input-invalid` for one of the
 * other type and `protocol-unsupported` for datagrams.
 */
export function listenerProtocol(type: BalancerType, given: string): ListenerProtocol {
  const protocol = Object.hasOwn(LISTENER_PROTOCOLS, given) ? (given as ListenerProtocol) : undefined;
  if (protocol && LISTENER_PROTOCOLS[protocol].balancer === type) return protocol;
  if (type === "network" && DATAGRAMS.includes(given)) throw unsupported(given);
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

function unsupported(protocol: string): Refusal {
  return new Refusal(
    "protocol-unsupported",
    `The protocol '${protocol}' is not available here: load balancers carry HTTP, HTTPS, TCP and TLS`,
  );
}

const DATAGRAMS = ["UDP", "TCP_UDP", "QUIC", "TCP_QUIC"];
