export type TlsVersion = "TLSv1" | "TLSv1.1" | "TLSv1.2" | "TLSv1.3";
export type BalancerType = "application" | "network";

/** Who lets their users choose among these policies. */
export type PolicyUser =
  | BalancerType
  | "cloudfront"
  /** Regional and private APIs, and their custom domains. */
  | "apigateway"
  | "apigateway-edge"
  /** HTTP and WebSocket APIs. */
  | "apigatewayv2";

/** Everything that is to be known about one security policy, in one place. */
export interface TlsPolicy {
  readonly name: string;
  /** Oldest first. */
  readonly versions: readonly TlsVersion[];
  /** OpenSSL names in the server's order of preference; the suites of TLS 1.3 first. */
  readonly ciphers: readonly string[];
  /** Key exchange groups in the server's order of preference, in OpenSSL's names. */
  readonly groups: readonly string[];
  /** Only what FIPS 140-3 allows. An Application Load Balancer has either such policies only, or none. */
  readonly fips: boolean;
  /** Offers hybrid ML-KEM key exchange (TLS 1.3 only). */
  readonly postQuantum: boolean;
  readonly balancers: readonly BalancerType[];
  readonly users: readonly PolicyUser[];
  /** What belongs to it on AWS and cannot be served, because OpenSSL has forgotten it: `SSLv3`, RC4 and 3DES suites. */
  readonly unserved: readonly string[];
}

const ALL_VERSIONS: readonly TlsVersion[] = ["TLSv1", "TLSv1.1", "TLSv1.2", "TLSv1.3"];

/** From the oldest to the newest version. */
export function between(oldest: TlsVersion, newest: TlsVersion): readonly TlsVersion[] {
  return ALL_VERSIONS.slice(ALL_VERSIONS.indexOf(oldest), ALL_VERSIONS.indexOf(newest) + 1);
}

/** With an ECDSA certificate, and with an RSA certificate. */
export function both(suite: string): string[] {
  return [`ECDHE-ECDSA-${suite}`, `ECDHE-RSA-${suite}`];
}

/** TLS 1.3: what FIPS allows, and all. */
export const T13F: readonly string[] = ["TLS_AES_128_GCM_SHA256", "TLS_AES_256_GCM_SHA384"];
export const T13: readonly string[] = [...T13F, "TLS_CHACHA20_POLY1305_SHA256"];
/** Forward secrecy and AEAD. */
export const RES: readonly string[] = [...both("AES128-GCM-SHA256"), ...both("AES256-GCM-SHA384")];
/** And CBC with SHA-2. */
export const STD: readonly string[] = [
  ...both("AES128-GCM-SHA256"),
  ...both("AES128-SHA256"),
  ...both("AES256-GCM-SHA384"),
  ...both("AES256-SHA384"),
];
/** And CBC with SHA-1. */
export const EXT0: readonly string[] = [
  ...both("AES128-GCM-SHA256"),
  ...both("AES128-SHA256"),
  ...both("AES128-SHA"),
  ...both("AES256-GCM-SHA384"),
  ...both("AES256-SHA384"),
  "ECDHE-RSA-AES256-SHA",
  "ECDHE-ECDSA-AES256-SHA",
];
/** STD, and RSA key exchange. */
export const EXT1: readonly string[] = [
  ...STD,
  "AES128-GCM-SHA256",
  "AES128-SHA256",
  "AES256-GCM-SHA384",
  "AES256-SHA256",
];
/** EXT0, and RSA key exchange. */
export const EXT2: readonly string[] = [
  ...EXT0,
  "AES128-GCM-SHA256",
  "AES128-SHA256",
  "AES128-SHA",
  "AES256-GCM-SHA384",
  "AES256-SHA256",
  "AES256-SHA",
];

/** s2n's curves of the policies from before TLS 1.3, and of those since. */
export const OLD_GROUPS: readonly string[] = ["P-256", "P-384"];
export const GROUPS: readonly string[] = ["X25519", "P-256", "P-384"];
export const ML_KEM: readonly string[] = ["X25519MLKEM768", "SecP256r1MLKEM768", "SecP384r1MLKEM1024"];
