import { between, both, GROUPS, RES, T13, T13F, type TlsPolicy, type TlsVersion } from "./suites.ts";

const CHACHA = both("CHACHA20-POLY1305");
const RSA_GCM = ["AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA256"];
const CBC_SHA2 = [
  ...both("AES128-GCM-SHA256"),
  ...both("AES128-SHA256"),
  ...both("AES256-GCM-SHA384"),
  ...CHACHA,
  ...both("AES256-SHA384"),
];
const CBC_SHA1 = [
  ...both("AES128-GCM-SHA256"),
  ...both("AES128-SHA256"),
  ...both("AES128-SHA"),
  ...both("AES256-GCM-SHA384"),
  ...CHACHA,
  ...both("AES256-SHA384"),
  ...both("AES256-SHA"),
  ...RSA_GCM,
  "AES256-SHA",
  "AES128-SHA",
];
const ML_KEM_768 = ["X25519MLKEM768", "SecP256r1MLKEM768"];

const policy = (
  name: string,
  oldest: TlsVersion,
  ciphers: readonly string[],
  unserved: readonly string[] = [],
): TlsPolicy => ({
  name,
  versions: between(oldest, "TLSv1.3"),
  ciphers,
  groups: [...ML_KEM_768, ...GROUPS],
  fips: false,
  postQuantum: true,
  balancers: [],
  users: ["cloudfront"],
  unserved,
});

/**
 * What viewers may speak with a distribution: its `MinimumProtocolVersion`.
 * https://docs.aws.amazon.com/AmazonCloudFront/latest/DeveloperGuide/secure-connections-supported-viewer-protocols-ciphers.html
 * as of 2026-09; the server's order and the groups by aws/s2n-tls.
 */
export const CLOUDFRONT_POLICIES: readonly TlsPolicy[] = [
  policy("SSLv3", "TLSv1", [...T13, ...CBC_SHA1], ["SSLv3", "DES-CBC3-SHA", "RC4-MD5"]),
  policy("TLSv1", "TLSv1", [...T13, ...CBC_SHA1], ["DES-CBC3-SHA"]),
  policy("TLSv1_2016", "TLSv1", [...T13, ...CBC_SHA1]),
  policy("TLSv1.1_2016", "TLSv1.1", [...T13, ...CBC_SHA1]),
  policy("TLSv1.2_2018", "TLSv1.2", [...T13, ...CBC_SHA2, ...RSA_GCM]),
  policy("TLSv1.2_2019", "TLSv1.2", [...T13, ...RES, ...CHACHA, ...both("AES256-SHA384"), ...both("AES128-SHA256")]),
  policy("TLSv1.2_2021", "TLSv1.2", [...T13, ...RES, ...CHACHA]),
  policy("TLSv1.2_2025", "TLSv1.2", [...T13F, ...RES]),
  policy("TLSv1.3_2025", "TLSv1.3", T13),
];
