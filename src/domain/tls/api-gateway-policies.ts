import {
  between,
  both,
  EXT0,
  EXT1,
  EXT2,
  GROUPS,
  ML_KEM,
  type PolicyUser,
  RES,
  T13,
  T13F,
  type TlsPolicy,
  type TlsVersion,
} from "./suites.ts";

const CHACHA = both("CHACHA20-POLY1305");
const EDGE_2018 = [...RES, ...CHACHA, ...both("AES128-SHA256"), ...both("AES256-SHA384")];
const EDGE_TLS_1_2 = [...EDGE_2018, "AES128-GCM-SHA256", "AES256-GCM-SHA384", "AES128-SHA256"];

const policy = (
  users: readonly PolicyUser[],
  name: string,
  oldest: TlsVersion,
  ciphers: readonly string[],
): TlsPolicy => ({
  name,
  versions: between(oldest, "TLSv1.3"),
  ciphers,
  groups: [...(name.includes("_PQ_") ? ML_KEM : []), ...(name.includes("_FIPS_") ? ["P-256", "P-384"] : GROUPS)],
  fips: name.includes("_FIPS_"),
  postQuantum: name.includes("_PQ_"),
  balancers: [],
  users,
  unserved: [],
});
const regional = (name: string, oldest: TlsVersion, ciphers: readonly string[]): TlsPolicy =>
  policy(["apigateway"], name, oldest, ciphers);
const atEdges = (name: string, oldest: TlsVersion, ciphers: readonly string[]): TlsPolicy =>
  policy(["apigateway-edge"], name, oldest, ciphers);

/**
 * The security policies of APIs and of their custom domain names; one name means different things for different kinds.
 * https://docs.aws.amazon.com/apigateway/latest/developerguide/apigateway-security-policies-list.html as of 2026-09.
 */
export const API_GATEWAY_POLICIES: readonly TlsPolicy[] = [
  regional("SecurityPolicy_TLS13_1_3_2025_09", "TLSv1.3", T13),
  regional("SecurityPolicy_TLS13_1_3_FIPS_2025_09", "TLSv1.3", T13F),
  regional("SecurityPolicy_TLS13_1_2_FIPS_PFS_PQ_2025_09", "TLSv1.2", [...T13F, ...RES]),
  regional("SecurityPolicy_TLS13_1_2_PFS_PQ_2025_09", "TLSv1.2", [...T13, ...RES]),
  regional("SecurityPolicy_TLS13_1_2_PQ_2025_09", "TLSv1.2", [...T13, ...EXT1]),
  regional("SecurityPolicy_TLS13_1_2_FIPS_PQ_2025_09", "TLSv1.2", [...T13F, ...EXT1]),
  regional("SecurityPolicy_TLS13_1_2_2021_06", "TLSv1.2", [...T13, ...EXT1]),
  policy(["apigateway", "apigatewayv2"], "TLS_1_2", "TLSv1.2", [...T13, ...EXT1]),
  regional("TLS_1_0", "TLSv1", [...T13, ...EXT2]),

  atEdges("SecurityPolicy_TLS13_2025_EDGE", "TLSv1.3", T13),
  atEdges("SecurityPolicy_TLS12_PFS_2025_EDGE", "TLSv1.2", [...T13, ...RES, ...CHACHA]),
  atEdges("SecurityPolicy_TLS12_2018_EDGE", "TLSv1.2", [...T13, ...EDGE_2018]),
  atEdges("TLS_1_2", "TLSv1.2", [...T13, ...EDGE_TLS_1_2]),
  atEdges("TLS_1_0", "TLSv1", [...T13, ...EXT0, "AES256-SHA256", "AES256-SHA"]),
];
