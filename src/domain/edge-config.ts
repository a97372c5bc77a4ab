import type { CertificateArn, LoadBalancerArn } from "./arn.ts";
import type { AccountId, Region } from "./names.ts";

/** What an edge must know of one load balancer: the contract between the control plane and the data plane. */
export interface EdgeBalancer {
  readonly arn: LoadBalancerArn;
  readonly type: "application" | "network";
  readonly dnsName: string;
  /** The address of its own that its listeners bind. */
  readonly address: string;
  /** Shared by its edges and unknown to clients: stickiness cookies are sealed with it. */
  readonly cookieSecret: string;
  /** `LoadBalancerAttributes` as ELBv2 names them, every one present. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Who may connect, by its security groups; undefined: everybody. */
  readonly ingress?: readonly EdgeIngress[];
  readonly listeners: readonly EdgeListener[];
  readonly targetGroups: readonly EdgeTargetGroup[];
  /** The versions of the trust stores that its listeners name; their contents come as `trust-store-put`. */
  readonly trustStores: readonly { readonly arn: string; readonly version: string }[];
}

/** Connections that a security group allows. */
export interface EdgeIngress {
  readonly protocol: "tcp" | "udp" | "any";
  readonly fromPort: number;
  readonly toPort: number;
  /** For example `10.0.0.0/8`. */
  readonly cidr: string;
}

export type EdgeListenerProtocol = "HTTP" | "HTTPS" | "TCP" | "TLS" | "UDP" | "TCP_UDP";

export interface EdgeListener {
  readonly arn: string;
  readonly port: number;
  readonly protocol: EdgeListenerProtocol;
  /** A name in domain/tls/policies.ts; for HTTPS and TLS. */
  readonly sslPolicy?: string;
  /** `HTTP1Only`, `HTTP2Only`, `HTTP2Optional`, `HTTP2Preferred` or `None`; for TLS listeners. */
  readonly alpnPolicy?: string;
  /** `ListenerAttributes` as ELBv2 names them, every one present. */
  readonly attributes: Readonly<Record<string, string>>;
  /** Undefined: clients are not asked for certificates. */
  readonly mutualAuthentication?: EdgeMutualAuthentication;
  /** The default certificate first, then those for SNI. */
  readonly certificates: readonly CertificateArn[];
  /** In the order of their priorities, without the default rule. */
  readonly rules: readonly EdgeRule[];
  readonly defaultRule: Pick<EdgeRule, "arn" | "actions">;
}

export type EdgeMutualAuthentication =
  | { readonly mode: "passthrough" }
  | {
      readonly mode: "verify";
      readonly trustStoreArn: string;
      readonly ignoreExpiry: boolean;
      readonly advertiseCaNames: boolean;
    };

export interface EdgeRule {
  readonly arn: string;
  readonly priority: number;
  /** All of them must hold. */
  readonly conditions: readonly EdgeCondition[];
  readonly actions: readonly EdgeAction[];
  readonly transforms: readonly EdgeTransform[];
}

/**
 * One of `values` or `regexes` must match. Values may hold `*` (any run of characters) and `?` (one character);
 * host names, header values and query strings compare without regard to case, paths and methods with it.
 */
export type EdgeCondition =
  | {
      readonly field: "host-header" | "path-pattern";
      readonly values: readonly string[];
      readonly regexes: readonly string[];
    }
  | {
      readonly field: "http-header";
      readonly name: string;
      readonly values: readonly string[];
      readonly regexes: readonly string[];
    }
  | { readonly field: "http-request-method"; readonly values: readonly string[] }
  | { readonly field: "query-string"; readonly values: readonly { readonly key?: string; readonly value: string }[] }
  | { readonly field: "source-ip"; readonly values: readonly string[] };

/** Rewrites what the target sees: the first rewrite whose `regex` matches replaces the match (`$1` … stand for groups). */
export interface EdgeTransform {
  readonly type: "host-header-rewrite" | "url-rewrite";
  readonly rewrites: readonly { readonly regex: string; readonly replace: string }[];
}

export interface EdgeForward {
  readonly type: "forward";
  readonly targetGroups: readonly { readonly arn: string; readonly weight: number }[];
  /** Clients come back to the target group that they were given. */
  readonly stickiness?: { readonly durationSeconds: number };
}

/** The last action of a rule answers; those before it let the request pass or answer themselves. */
export type EdgeAction =
  | EdgeForward
  | {
      readonly type: "redirect";
      readonly statusCode: 301 | 302;
      /** Each may hold `#{protocol}`, `#{host}`, `#{port}`, `#{path}`, `#{query}`. */
      readonly protocol: string;
      readonly host: string;
      readonly port: string;
      readonly path: string;
      readonly query: string;
    }
  | {
      readonly type: "fixed-response";
      readonly statusCode: number;
      readonly contentType: string;
      readonly body: string;
    }
  | {
      readonly type: "authenticate-oidc";
      readonly issuer: string;
      readonly authorizationEndpoint: string;
      readonly tokenEndpoint: string;
      readonly userInfoEndpoint: string;
      readonly clientId: string;
      /** Names the sealed client secret, which comes as `secret-put`. */
      readonly secret: string;
      readonly sessionCookieName: string;
      readonly scope: string;
      readonly sessionTimeoutSeconds: number;
      readonly authenticationRequestExtraParams: Readonly<Record<string, string>>;
      readonly onUnauthenticatedRequest: "deny" | "allow" | "authenticate";
    }
  | {
      readonly type: "jwt-validation";
      readonly jwksEndpoint: string;
      readonly issuer: string;
      readonly additionalClaims: readonly {
        readonly name: string;
        readonly format: "single-string" | "string-array" | "space-separated-values";
        readonly values: readonly string[];
      }[];
    };

export interface EdgeTargetGroup {
  readonly arn: string;
  readonly protocol: EdgeListenerProtocol;
  /** For HTTP and HTTPS. */
  readonly protocolVersion: "HTTP1" | "HTTP2" | "GRPC";
  readonly targetType: "ip" | "instance" | "alb";
  readonly healthCheck: EdgeHealthCheck;
  /** `TargetGroupAttributes` as ELBv2 names them, every one present. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly targets: readonly EdgeTarget[];
}

export interface EdgeTarget {
  /** As it was registered: an address, an instance id or a load balancer's ARN. */
  readonly id: string;
  /** Where it is reached. */
  readonly address: string;
  readonly port: number;
  /** Deregistered: no new requests, those in flight may end. */
  readonly draining: boolean;
}

export interface EdgeHealthCheck {
  readonly enabled: boolean;
  readonly protocol: "HTTP" | "HTTPS" | "TCP";
  /** A port number, or `traffic-port`. */
  readonly port: string;
  readonly path: string;
  /** HTTP codes (`200-299,301`), or gRPC codes (`0-99`) where the target group's protocol version is GRPC. */
  readonly matcher: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

/** Whom clients with certificates must come from: one version of a trust store. */
export interface EdgeTrustStore {
  readonly arn: string;
  readonly version: string;
  /** PEM: the CA certificates. */
  readonly bundle: Uint8Array;
  /** Each a CRL, PEM or DER. */
  readonly revocations: readonly Uint8Array[];
}

/** A secret of a rule (an OIDC client's), sealed as private keys are, under a grant of the load balancer. */
export interface EdgeSecret extends EdgeEnvelope {
  readonly loadBalancerArn: LoadBalancerArn;
  /** As `authenticate-oidc` names it; another version has another name. */
  readonly name: string;
}

/** A sealed secret and what opens it: KMS Decrypt of the data key under a grant. */
export interface EdgeEnvelope {
  /** Where the master key lives: the region and account that the edge's Decrypt call is for. */
  readonly account: AccountId;
  readonly region: Region;
  /** The data key under the master key (a KMS ciphertext), and the secret under the data key (lib/sealed.ts). */
  readonly wrappedDataKey: Uint8Array;
  readonly sealedKey: Uint8Array;
  /** Bound to both ciphertexts as associated data. */
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly grantToken: string;
}

/** A certificate with its sealed private key (PKCS#8 DER), as it is handed to one load balancer under one grant. */
export interface EdgeCertificate extends EdgeEnvelope {
  readonly loadBalancerArn: LoadBalancerArn;
  readonly certificateArn: CertificateArn;
  /** Names the version: a renewal is the same ARN with another serial. Lower-case hexadecimal without colons. */
  readonly serial: string;
  /** PEM, the leaf first; public. */
  readonly chain: string;
  /** What the leaf is for, wildcards included. */
  readonly names: readonly string[];
}

/** What an edge last saw of a target, in ELBv2's words. */
export interface TargetReport {
  readonly targetGroupArn: string;
  readonly address: string;
  readonly port: number;
  readonly state: "initial" | "healthy" | "unhealthy" | "draining" | "unused";
  /** For example `Target.FailedHealthChecks`; with its description. */
  readonly reason?: string;
  readonly description?: string;
}
