import type { CertificateArn, LoadBalancerArn } from "./arn.ts";
import type { AccountId, Region } from "./names.ts";

/** What an edge must know of one load balancer: the contract between the control plane and the data plane. */
export interface EdgeBalancer {
  readonly arn: LoadBalancerArn;
  readonly type: "application" | "network";
  readonly dnsName: string;
  /** The address of its own that its listeners bind. */
  readonly address: string;
  /** `LoadBalancerAttributes` as ELBv2 names them, every one present. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly listeners: readonly EdgeListener[];
  readonly targetGroups: readonly EdgeTargetGroup[];
}

export interface EdgeListener {
  readonly arn: string;
  readonly port: number;
  readonly protocol: "HTTP" | "HTTPS" | "TCP" | "TLS";
  /** A name in domain/tls/policies.ts; for HTTPS and TLS. */
  readonly sslPolicy?: string;
  /** `HTTP1Only`, `HTTP2Only`, `HTTP2Optional`, `HTTP2Preferred` or `None`; for TLS listeners. */
  readonly alpnPolicy?: string;
  /** The default certificate first, then those for SNI. */
  readonly certificates: readonly CertificateArn[];
  readonly defaultAction: EdgeAction;
}

export type EdgeAction =
  | { readonly type: "forward"; readonly targetGroups: readonly { readonly arn: string; readonly weight: number }[] }
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
    };

export interface EdgeTargetGroup {
  readonly arn: string;
  readonly protocol: "HTTP" | "HTTPS" | "TCP" | "TLS";
  readonly healthCheck: EdgeHealthCheck;
  /** `TargetGroupAttributes` as ELBv2 names them, every one present. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly targets: readonly EdgeTarget[];
}

export interface EdgeTarget {
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
  /** For example `200-299,301`. */
  readonly matcher: string;
  readonly intervalSeconds: number;
  readonly timeoutSeconds: number;
  readonly healthyThreshold: number;
  readonly unhealthyThreshold: number;
}

/** A certificate with its sealed key, as it is handed to one load balancer under one grant. */
export interface EdgeCertificate {
  readonly loadBalancerArn: LoadBalancerArn;
  readonly certificateArn: CertificateArn;
  /** Where the master key lives: the region and account that the edge's Decrypt call is for. */
  readonly account: AccountId;
  readonly region: Region;
  /** Names the version: a renewal is the same ARN with another serial. Lower-case hexadecimal without colons. */
  readonly serial: string;
  /** PEM, the leaf first; public. */
  readonly chain: string;
  /** What the leaf is for, wildcards included. */
  readonly names: readonly string[];
  /** The data key under the master key (a KMS ciphertext), and the private key (PKCS#8 DER) under the data key (lib/sealed.ts). */
  readonly wrappedDataKey: Uint8Array;
  readonly sealedKey: Uint8Array;
  /** Bound to both ciphertexts as associated data. */
  readonly encryptionContext: Readonly<Record<string, string>>;
  readonly grantToken: string;
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
