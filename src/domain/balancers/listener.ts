import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import { Refusal } from "#domain/refusal.ts";
import { tlsPolicy } from "#domain/tls/policies.ts";
import { canonicalJson } from "#lib/canonical-json.ts";
import type { DefaultAction } from "./actions.ts";
import type { ListenerArn, RuleArn } from "./arns.ts";
import { LISTENER_PROTOCOLS, type ListenerProtocol } from "./protocols.ts";

/** The ways a TLS listener of a Network Load Balancer negotiates what is spoken inside. */
export const ALPN_POLICIES = ["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"] as const;
export type AlpnPolicy = (typeof ALPN_POLICIES)[number];

/** What its creator decides about a listener. */
export interface ListenerSettings {
  readonly port: number;
  readonly protocol: ListenerProtocol;
  /** For HTTPS and TLS, as is the certificate. */
  readonly sslPolicy: string | undefined;
  readonly alpnPolicy: AlpnPolicy | undefined;
  readonly defaultCertificate: CertificateArn | undefined;
  readonly defaultAction: DefaultAction;
}

export interface Listener extends ListenerSettings {
  readonly arn: ListenerArn;
  readonly loadBalancerArn: LoadBalancerArn;
  readonly ruleArn: RuleArn;
}

/**
 * Throws for a listener whose parts do not fit together: `balancer-input-invalid`, `ssl-policy-not-found`,
 * `alpn-policy-invalid`.
 */
export function checkListener({ protocol, sslPolicy, alpnPolicy, defaultCertificate }: ListenerSettings): void {
  const { secure } = LISTENER_PROTOCOLS[protocol];
  if (secure && defaultCertificate === undefined) {
    throw new Refusal("balancer-input-invalid", `A certificate must be specified for ${protocol} listeners`);
  }
  if (!secure && defaultCertificate !== undefined) {
    throw new Refusal("balancer-input-invalid", `A certificate cannot be specified for ${protocol} listeners`);
  }
  if (!secure && sslPolicy !== undefined) {
    throw new Refusal("balancer-input-invalid", `An SSL policy cannot be specified for ${protocol} listeners`);
  }
  if (sslPolicy !== undefined && !tlsPolicy(sslPolicy)?.balancers.includes(LISTENER_PROTOCOLS[protocol].balancer)) {
    throw new Refusal("ssl-policy-not-found", `SSL policy '${sslPolicy}' not found`);
  }
  if (alpnPolicy !== undefined && protocol !== "TLS") {
    throw new Refusal("alpn-policy-invalid", `An ALPN policy can only be specified for TLS listeners, not ${protocol}`);
  }
}

/** Whether two requests ask for the same listener. */
export function sameListener(a: ListenerSettings, b: ListenerSettings): boolean {
  const facts = (settings: ListenerSettings): string => {
    const { port, protocol, sslPolicy, alpnPolicy, defaultCertificate, defaultAction } = settings;
    return canonicalJson({ port, protocol, sslPolicy, alpnPolicy, defaultCertificate, defaultAction });
  };
  return facts(a) === facts(b);
}
