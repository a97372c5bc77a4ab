import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import { Refusal } from "#domain/refusal.ts";
import { DEFAULT_TLS_POLICY, tlsPolicy } from "#domain/tls/policies.ts";
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

/** What a change says of a listener; what it does not say stays as it is. */
export interface ListenerChange {
  readonly port: number | undefined;
  readonly protocol: ListenerProtocol | undefined;
  readonly sslPolicy: string | undefined;
  /** `clear` takes the ALPN policy away. */
  readonly alpnPolicy: AlpnPolicy | "clear" | undefined;
  readonly defaultCertificate: CertificateArn | undefined;
  readonly defaultAction: DefaultAction | undefined;
}

/** The settings after a change: a listener that no longer ends TLS loses what only TLS has. */
export function changedListener(present: ListenerSettings, change: ListenerChange): ListenerSettings {
  const protocol = change.protocol ?? present.protocol;
  const { secure } = LISTENER_PROTOCOLS[protocol];
  const alpnPolicy = change.alpnPolicy ?? (protocol === "TLS" ? present.alpnPolicy : undefined);
  return {
    port: change.port ?? present.port,
    protocol,
    sslPolicy: change.sslPolicy ?? (secure ? (present.sslPolicy ?? DEFAULT_TLS_POLICY) : undefined),
    alpnPolicy: alpnPolicy === "clear" ? undefined : alpnPolicy,
    defaultCertificate: change.defaultCertificate ?? (secure ? present.defaultCertificate : undefined),
    defaultAction: change.defaultAction ?? present.defaultAction,
  };
}

/** Whether two requests ask for the same listener. */
export function sameListener(a: ListenerSettings, b: ListenerSettings): boolean {
  const facts = (settings: ListenerSettings): string => {
    const { port, protocol, sslPolicy, alpnPolicy, defaultCertificate, defaultAction } = settings;
    return canonicalJson({ port, protocol, sslPolicy, alpnPolicy, defaultCertificate, defaultAction });
  };
  return facts(a) === facts(b);
}

/**
 * Throws `balancer-configuration-invalid` where the policies of an Application Load Balancer's listeners are FIPS and
 * others: AWS wants one or the other.
 */
export function checkFips(listeners: readonly Pick<ListenerSettings, "protocol" | "sslPolicy">[]): void {
  const policies = listeners
    .filter(({ protocol }) => protocol === "HTTPS")
    .map(({ sslPolicy }) => tlsPolicy(sslPolicy ?? ""));
  if (new Set(policies.map((policy) => policy?.fips ?? false)).size > 1) {
    throw new Refusal(
      "balancer-configuration-invalid",
      "The HTTPS listeners of a load balancer must all have FIPS security policies, or none of them",
    );
  }
}
