import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeAction, EdgeMutualAuthentication } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";
import { DEFAULT_TLS_POLICY, tlsPolicy } from "#domain/tls/policies.ts";
import { canonicalJson } from "#lib/canonical-json.ts";
import type { GivenAction, OrderedAction } from "./actions.ts";
import type { ListenerArn, RuleArn, TrustStoreArn } from "./arns.ts";
import { LISTENER_PROTOCOLS, type ListenerProtocol } from "./protocols.ts";

/** The ways a TLS listener of a Network Load Balancer negotiates what is spoken inside. */
export const ALPN_POLICIES = ["HTTP1Only", "HTTP2Only", "HTTP2Optional", "HTTP2Preferred", "None"] as const;
export type AlpnPolicy = (typeof ALPN_POLICIES)[number];

/** How clients prove who they are, for HTTPS and TLS listeners. */
export type MutualAuthentication =
  | Extract<EdgeMutualAuthentication, { mode: "passthrough" }>
  | (Extract<EdgeMutualAuthentication, { mode: "verify" }> & { readonly trustStoreArn: TrustStoreArn });

/** What its creator decides about a listener. */
export interface ListenerSettings {
  readonly port: number;
  readonly protocol: ListenerProtocol;
  /** For HTTPS and TLS, as is the certificate. */
  readonly sslPolicy: string | undefined;
  readonly alpnPolicy: AlpnPolicy | undefined;
  readonly defaultCertificate: CertificateArn | undefined;
  /** Undefined: off. */
  readonly mutualAuthentication: MutualAuthentication | undefined;
  /** In their order. */
  readonly defaultActions: readonly OrderedAction[];
}

export interface Listener extends ListenerSettings {
  readonly arn: ListenerArn;
  readonly loadBalancerArn: LoadBalancerArn;
  /** Of the default rule. */
  readonly ruleArn: RuleArn;
  /** What was set; the defaults stand in listener-attributes.ts. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** The parts of a listener that must fit together. */
export type ListenerFacts = Pick<
  ListenerSettings,
  "protocol" | "sslPolicy" | "alpnPolicy" | "defaultCertificate" | "mutualAuthentication"
>;

/**
 * Throws for a listener whose parts do not fit together: `balancer-input-invalid`, `ssl-policy-not-found`,
 * `alpn-policy-invalid`.
 */
export function checkListener(listener: ListenerFacts): void {
  const { protocol, sslPolicy, alpnPolicy, defaultCertificate, mutualAuthentication } = listener;
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
  if (mutualAuthentication && !secure) {
    throw new Refusal(
      "balancer-configuration-invalid",
      `Mutual authentication can only be specified for HTTPS and TLS listeners, not ${protocol}`,
    );
  }
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/network/mutual-authentication.html
  if (mutualAuthentication?.mode === "passthrough" && protocol === "TLS") {
    throw new Refusal(
      "balancer-configuration-invalid",
      "The mutual authentication mode 'passthrough' is not supported for TLS listeners: nothing would tell targets of it",
    );
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
  readonly mutualAuthentication: MutualAuthentication | "off" | undefined;
}

/** The settings after a change: a listener that no longer ends TLS loses what only TLS has. */
export function changedListener(
  present: Omit<ListenerSettings, "defaultActions">,
  change: ListenerChange,
): Omit<ListenerSettings, "defaultActions"> {
  const protocol = change.protocol ?? present.protocol;
  const { secure } = LISTENER_PROTOCOLS[protocol];
  const mutual = change.mutualAuthentication ?? (secure ? present.mutualAuthentication : undefined);
  const alpnPolicy = change.alpnPolicy ?? (protocol === "TLS" ? present.alpnPolicy : undefined);
  return {
    port: change.port ?? present.port,
    protocol,
    sslPolicy: change.sslPolicy ?? (secure ? (present.sslPolicy ?? DEFAULT_TLS_POLICY) : undefined),
    alpnPolicy: alpnPolicy === "clear" ? undefined : alpnPolicy,
    defaultCertificate: change.defaultCertificate ?? (secure ? present.defaultCertificate : undefined),
    mutualAuthentication: mutual === "off" ? undefined : mutual,
  };
}

/** Whether two requests ask for the same listener. */
export function sameListener(a: AskedListener, b: AskedListener): boolean {
  const facts = (settings: AskedListener): string => {
    const { port, protocol, sslPolicy, alpnPolicy, defaultCertificate, mutualAuthentication, defaultActions } =
      settings;
    const rest = { port, protocol, sslPolicy, alpnPolicy, defaultCertificate, mutualAuthentication };
    return canonicalJson({ ...rest, defaultActions });
  };
  // Client secrets are sealed: whether two are the same cannot be seen.
  const signsIn = b.defaultActions.some(({ action }) => action.type === "authenticate-oidc");
  return !signsIn && facts(a) === facts(b);
}

/** A listener as it is asked for, where secrets are not sealed yet. */
type AskedListener = Omit<ListenerSettings, "defaultActions"> & {
  readonly defaultActions: readonly OrderedAction<GivenAction | EdgeAction>[];
};

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
