import type { TlsPolicy } from "#domain/tls/policies.ts";
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
  policy: ChoicePolicy,
): T | undefined {
  const name = hello.serverName;
  if (name === undefined) return index.standard;
  const fitting = index.named(name) ?? index.named(wildcardOf(name));
  if (!fitting) return index.standard;
  if (fitting.length === 1) return fitting[0];
  const ranked = fitting.toSorted((a, b) => RANK[a.keyType] - RANK[b.keyType]);
  return ranked.find(({ keyType }) => canFinish(hello, keyType, policy)) ?? ranked[0] ?? index.standard;
}

/** `*.b.test` for `a.b.test`; nothing that is a name for one without a dot. */
function wildcardOf(name: string): string {
  const dot = name.indexOf(".");
  return dot < 0 ? "" : `*${name.slice(dot)}`;
}

/** What of a security policy decides which certificates can be used with a client. */
export interface ChoicePolicy {
  readonly tls13: boolean;
  /** The suites from before TLS 1.3 that need an ECDSA key, and those that need an RSA key, by their IANA numbers. */
  readonly ecdsaSuites: ReadonlySet<number>;
  readonly rsaSuites: ReadonlySet<number>;
}

/** Throws for a suite that has no number here. */
export function choicePolicy({ versions, ciphers }: Pick<TlsPolicy, "versions" | "ciphers">): ChoicePolicy {
  const older = ciphers.filter((cipher) => !cipher.startsWith("TLS_"));
  const numbers = (names: readonly string[]): ReadonlySet<number> => new Set(names.map(suiteNumber));
  return {
    tls13: versions.includes("TLSv1.3"),
    ecdsaSuites: numbers(older.filter((cipher) => cipher.includes("ECDSA"))),
    rsaSuites: numbers(older.filter((cipher) => !cipher.includes("ECDSA"))),
  };
}

/** Whether a client can finish a handshake with a key of this type, as far as its ClientHello tells. */
export function canFinish(hello: ClientHello, keyType: KeyType, policy: ChoicePolicy): boolean {
  const algorithms = hello.signatureAlgorithms;
  if (policy.tls13 && hello.versions.includes(TLS_1_3)) {
    return TLS13_SIGNATURES[keyType].some((algorithm) => algorithms?.includes(algorithm));
  }
  if (keyType === "RSA") {
    return (
      (algorithms?.some(isRsaSignature) ?? true) && hello.cipherSuites.some((suite) => policy.rsaSuites.has(suite))
    );
  }
  if (algorithms && !algorithms.some((algorithm) => (algorithm & 0xff) === ECDSA)) return false;
  const group = GROUPS[keyType];
  const curveKnown = !hello.groups || group === undefined || hello.groups.includes(group);
  return curveKnown && hello.cipherSuites.some((suite) => policy.ecdsaSuites.has(suite));
}

function suiteNumber(cipher: string): number {
  const number = SUITE_NUMBERS[cipher];
  if (number === undefined) throw new Error(`the suite ${cipher} has no number here`);
  return number;
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
/** https://www.iana.org/assignments/tls-parameters/tls-parameters.xhtml#tls-parameters-4, in OpenSSL's names. */
const SUITE_NUMBERS: Readonly<Record<string, number>> = {
  "AES128-SHA": 0x002f,
  "AES256-SHA": 0x0035,
  "AES128-SHA256": 0x003c,
  "AES256-SHA256": 0x003d,
  "AES128-GCM-SHA256": 0x009c,
  "AES256-GCM-SHA384": 0x009d,
  "ECDHE-ECDSA-AES128-SHA": 0xc009,
  "ECDHE-ECDSA-AES256-SHA": 0xc00a,
  "ECDHE-RSA-AES128-SHA": 0xc013,
  "ECDHE-RSA-AES256-SHA": 0xc014,
  "ECDHE-ECDSA-AES128-SHA256": 0xc023,
  "ECDHE-ECDSA-AES256-SHA384": 0xc024,
  "ECDHE-RSA-AES128-SHA256": 0xc027,
  "ECDHE-RSA-AES256-SHA384": 0xc028,
  "ECDHE-ECDSA-AES128-GCM-SHA256": 0xc02b,
  "ECDHE-ECDSA-AES256-GCM-SHA384": 0xc02c,
  "ECDHE-RSA-AES128-GCM-SHA256": 0xc02f,
  "ECDHE-RSA-AES256-GCM-SHA384": 0xc030,
  "ECDHE-RSA-CHACHA20-POLY1305": 0xcca8,
  "ECDHE-ECDSA-CHACHA20-POLY1305": 0xcca9,
};
