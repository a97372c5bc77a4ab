import {
  type BalancerType,
  between,
  both,
  EXT0,
  EXT1,
  EXT2,
  GROUPS,
  ML_KEM,
  OLD_GROUPS,
  RES,
  STD,
  T13,
  T13F,
  type TlsPolicy,
  type TlsVersion,
} from "./suites.ts";

export type { BalancerType, PolicyUser, TlsPolicy, TlsVersion } from "./suites.ts";

/** The policy of Elastic Load Balancing of that name, or undefined when there is none. */
export function tlsPolicy(name: string): TlsPolicy | undefined {
  return TLS_POLICIES.get(name);
}

/** What a listener gets that names no policy: the API's default, not the console's. */
export const DEFAULT_TLS_POLICY = "ELBSecurityPolicy-2016-08";

const from = (oldest: TlsVersion): readonly TlsVersion[] => between(oldest, "TLSv1.3");
const upTo12 = (oldest: TlsVersion): readonly TlsVersion[] => between(oldest, "TLSv1.2");

const CNSA = ["TLS_AES_256_GCM_SHA384", ...both("AES256-GCM-SHA384")];
const T13_256 = ["TLS_AES_256_GCM_SHA384", "TLS_AES_128_GCM_SHA256"];
const INTEROP1 = [...T13_256, ...both("AES256-GCM-SHA384"), ...both("AES128-GCM-SHA256")];
const INTEROP2 = [
  ...T13_256,
  ...both("AES256-GCM-SHA384"),
  ...both("AES256-SHA384"),
  ...both("AES128-GCM-SHA256"),
  ...both("AES128-SHA256"),
];
const INTEROP3 = [...INTEROP2, ...both("AES256-SHA"), ...both("AES128-SHA")];
const INTEROP4 = [
  ...INTEROP3,
  "AES256-GCM-SHA384",
  "AES256-SHA256",
  "AES256-SHA",
  "AES128-GCM-SHA256",
  "AES128-SHA256",
  "AES128-SHA",
];

const NIST = ["P-256", "P-384"];
const CNSA_GROUPS = ["P-384"];
const CNSA_INTEROP = ["P-384", "P-256", "P-521"];
const ML_KEM_FIPS = ["SecP256r1MLKEM768", "X25519MLKEM768", "SecP384r1MLKEM1024"];

type Row = Omit<TlsPolicy, "name" | "users" | "unserved">;
const EVERY: readonly BalancerType[] = ["application", "network"];

const row = (versions: readonly TlsVersion[], ciphers: readonly string[], groups: readonly string[]): Row => ({
  versions,
  ciphers,
  groups,
  fips: false,
  postQuantum: false,
  balancers: EVERY,
});
const old = (oldest: TlsVersion, ciphers: readonly string[]): Row => row(upTo12(oldest), ciphers, OLD_GROUPS);
const modern = (oldest: TlsVersion, ciphers: readonly string[] = []): Row =>
  row(from(oldest), [...T13, ...ciphers], GROUPS);
const pq = (oldest: TlsVersion, ciphers: readonly string[] = []): Row => ({
  ...row(from(oldest), [...T13, ...ciphers], [...ML_KEM, ...GROUPS]),
  postQuantum: true,
});
const fips = (oldest: TlsVersion, ciphers: readonly string[] = []): Row => ({
  ...row(from(oldest), [...T13F, ...ciphers], NIST),
  fips: true,
});
const fipsPq = (oldest: TlsVersion, ciphers: readonly string[] = []): Row => ({
  ...fips(oldest, ciphers),
  groups: [...ML_KEM_FIPS, ...NIST],
  postQuantum: true,
});
/** The suites of TLS 1.3 stand in `ciphers`: here AES-256 comes first. */
const rfc9151 = (oldest: TlsVersion, ciphers: readonly string[], groups: readonly string[]): Row => ({
  ...row(from(oldest), ciphers, groups),
  fips: true,
});

/**
 * Every predefined policy, by its name without the common prefix.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html (and …/network/…),
 * as of 2026-09; groups by the policy snapshots of aws/s2n-tls. Which s2n policy stands behind the three strict RFC 9151
 * names is not published.
 */
const ROWS: Readonly<Record<string, Row>> = {
  "TLS13-1-3-2021-06": modern("TLSv1.3"),
  "TLS13-1-2-2021-06": modern("TLSv1.2", STD),
  "TLS13-1-2-Res-2021-06": modern("TLSv1.2", RES),
  "TLS13-1-2-Ext1-2021-06": modern("TLSv1.2", EXT1),
  "TLS13-1-2-Ext2-2021-06": modern("TLSv1.2", EXT2),
  "TLS13-1-1-2021-06": modern("TLSv1.1", EXT2),
  "TLS13-1-0-2021-06": modern("TLSv1", EXT2),

  "TLS13-1-3-PQ-2025-09": pq("TLSv1.3"),
  "TLS13-1-2-PQ-2025-09": pq("TLSv1.2", STD),
  "TLS13-1-2-Res-PQ-2025-09": pq("TLSv1.2", RES),
  "TLS13-1-2-Ext1-PQ-2025-09": pq("TLSv1.2", EXT1),
  "TLS13-1-2-Ext2-PQ-2025-09": pq("TLSv1.2", EXT2),
  "TLS13-1-0-PQ-2025-09": pq("TLSv1", EXT2),

  "TLS13-1-3-FIPS-2023-04": fips("TLSv1.3"),
  "TLS13-1-2-FIPS-2023-04": fips("TLSv1.2", STD),
  "TLS13-1-2-Res-FIPS-2023-04": fips("TLSv1.2", RES),
  "TLS13-1-2-Ext0-FIPS-2023-04": fips("TLSv1.2", EXT0),
  "TLS13-1-2-Ext1-FIPS-2023-04": fips("TLSv1.2", EXT1),
  "TLS13-1-2-Ext2-FIPS-2023-04": fips("TLSv1.2", EXT2),
  "TLS13-1-1-FIPS-2023-04": fips("TLSv1.1", EXT2),
  "TLS13-1-0-FIPS-2023-04": fips("TLSv1", EXT2),

  "TLS13-1-3-FIPS-PQ-2025-09": fipsPq("TLSv1.3"),
  "TLS13-1-2-FIPS-PQ-2025-09": fipsPq("TLSv1.2", STD),
  "TLS13-1-2-Res-FIPS-PQ-2025-09": fipsPq("TLSv1.2", RES),
  "TLS13-1-2-Ext0-FIPS-PQ-2025-09": fipsPq("TLSv1.2", EXT0),
  "TLS13-1-2-Ext1-FIPS-PQ-2025-09": fipsPq("TLSv1.2", EXT1),
  "TLS13-1-2-Ext2-FIPS-PQ-2025-09": fipsPq("TLSv1.2", EXT2),
  "TLS13-1-0-FIPS-PQ-2025-09": fipsPq("TLSv1", EXT2),

  "TLS13-1-3-RFC9151-FIPS-2023-07": rfc9151("TLSv1.3", CNSA.slice(0, 1), CNSA_GROUPS),
  "TLS13-1-2-RFC9151-FIPS-2023-07": rfc9151("TLSv1.2", CNSA, CNSA_GROUPS),
  "TLS13-1-2-Ext0-RFC9151-FIPS-2023-07": rfc9151("TLSv1.2", CNSA, CNSA_GROUPS),
  "TLS13-1-2-RFC9151-INTEROP1-FIPS-2023-07": rfc9151("TLSv1.2", INTEROP1, CNSA_INTEROP),
  "TLS13-1-2-RFC9151-INTEROP2-FIPS-2023-07": rfc9151("TLSv1.2", INTEROP2, CNSA_INTEROP),
  "TLS13-1-2-RFC9151-INTEROP3-FIPS-2023-07": rfc9151("TLSv1.2", INTEROP3, CNSA_INTEROP),
  "TLS13-1-2-RFC9151-INTEROP4-FIPS-2023-07": rfc9151("TLSv1.2", INTEROP4, CNSA_INTEROP),

  "FS-1-2-Res-2020-10": old("TLSv1.2", RES),
  "FS-1-2-Res-2019-08": old("TLSv1.2", STD),
  "FS-1-2-2019-08": old("TLSv1.2", EXT0),
  "FS-1-1-2019-08": old("TLSv1.1", EXT0),
  "FS-2018-06": old("TLSv1", EXT0),

  "TLS-1-2-Ext-2018-06": old("TLSv1.2", EXT2),
  "TLS-1-2-2017-01": old("TLSv1.2", EXT1),
  "TLS-1-1-2017-01": old("TLSv1.1", EXT2),
  "2016-08": old("TLSv1", EXT2),
  "2015-05": { ...old("TLSv1", EXT2), balancers: ["network"] },
};

/** Every policy of Elastic Load Balancing by its full name, in the order of AWS's tables. */
export const TLS_POLICIES: ReadonlyMap<string, TlsPolicy> = new Map(
  Object.entries(ROWS).map(([name, policy]) => [
    `ELBSecurityPolicy-${name}`,
    Object.freeze({ name: `ELBSecurityPolicy-${name}`, ...policy, users: policy.balancers, unserved: [] }),
  ]),
);
