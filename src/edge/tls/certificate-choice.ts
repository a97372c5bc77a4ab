import type { ClientHello } from "./client-hello.ts";

/** What the choice needs to know of a certificate. */
export interface Choosable {
  readonly keyType: KeyType;
}

/** The kind of a certificate's public key, as handshakes tell them apart. */
export type KeyType = "RSA" | "P-256" | "P-384" | "P-521" | "other";

/** A listener's certificates by the names that they are for. */
export interface CertificateIndex<T extends Choosable> {
  /** Those for exactly this name, which is in lower case and may be a wildcard; undefined when there is none. */
  named(name: string): readonly T[] | undefined;
  /** The default certificate: undefined when it is not there, and then nothing stands in for it. */
  readonly standard: T | undefined;
}

/**
 * The certificate that answers a client: of those for exactly this name, else for its wildcard, one whose key the
 * client can work with, ECDSA before RSA; the default one when no name fits or none was sent.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/https-listener-certificates.html
 */
export function chooseCertificate<T extends Choosable>(
  index: CertificateIndex<T>,
  hello: ClientHello,
  policy: { readonly tls13: boolean },
): T | undefined {
  const name = hello.serverName;
  if (name === undefined) return index.standard;
  const fitting = index.named(name) ?? index.named(wildcardOf(name));
  if (!fitting) return index.standard;
  if (fitting.length === 1) return fitting[0];
  const ranked = fitting.toSorted((a, b) => RANK[a.keyType] - RANK[b.keyType]);
  return ranked.find(({ keyType }) => canVerify(hello, keyType, policy.tls13)) ?? ranked[0] ?? index.standard;
}

/** `*.b.test` for `a.b.test`; nothing that is a name for one without a dot. */
function wildcardOf(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 ? "" : `*${name.slice(dot)}`;
}

/** Whether a client can finish a handshake with a key of this type. */
export function canVerify(hello: ClientHello, keyType: KeyType, tls13: boolean): boolean {
  const algorithms = hello.signatureAlgorithms;
  if (tls13 && hello.versions.includes(TLS_1_3)) {
    return TLS13_SIGNATURES[keyType].some((algorithm) => algorithms?.includes(algorithm));
  }
  if (keyType === "RSA") return algorithms?.some(isRsaSignature) ?? true;
  if (algorithms && !algorithms.some((algorithm) => (algorithm & 0xff) === ECDSA)) return false;
  const group = GROUPS[keyType];
  const curveKnown = !hello.groups || group === undefined || hello.groups.includes(group);
  return curveKnown && hello.cipherSuites.some((suite) => ECDSA_SUITES.has(suite));
}

/** RSASSA-PKCS1-v1_5 is (hash, 1); the RSA-PSS schemes with rsaEncryption keys are 0x0804 to 0x0806. */
function isRsaSignature(algorithm: number): boolean {
  return (algorithm & 0xff) === 1 || (algorithm >= 0x0804 && algorithm <= 0x0806);
}

const RANK: Readonly<Record<KeyType, number>> = { "P-256": 0, "P-384": 1, "P-521": 2, RSA: 3, other: 4 };
const TLS_1_3 = 0x0304;
const ECDSA = 3;
/** RFC 8446 section 4.2.3. */
const TLS13_SIGNATURES: Readonly<Record<KeyType, readonly number[]>> = {
  RSA: [0x0804, 0x0805, 0x0806],
  "P-256": [0x0403],
  "P-384": [0x0503],
  "P-521": [0x0603],
  other: [],
};
const GROUPS: Readonly<Partial<Record<KeyType, number>>> = { "P-256": 23, "P-384": 24, "P-521": 25 };
/** The TLS_ECDHE_ECDSA_* suites that a security policy can name. */
const ECDSA_SUITES: ReadonlySet<number> = new Set([
  0xc009, 0xc00a, 0xc023, 0xc024, 0xc02b, 0xc02c, 0xc0ac, 0xc0ad, 0xcca9,
]);
