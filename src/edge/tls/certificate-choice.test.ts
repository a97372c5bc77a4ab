import { expect, test } from "vitest";
import { EVERY_TLS_POLICY } from "#domain/tls/every-policy.ts";
import { type CertificateIndex, choicePolicy, chooseCertificate, type KeyType } from "./certificate-choice.ts";
import type { ClientHello } from "./client-hello.ts";

const certificate = (keyType: KeyType, ...names: string[]) => ({ keyType, names });
const RSA = certificate("RSA", "a.test");
const P256 = certificate("P-256", "a.test");
const P384 = certificate("P-384", "a.test");
const OTHER = certificate("RSA", "other.test");

type Certificate = ReturnType<typeof certificate>;

function indexCertificates(all: readonly Certificate[], standard?: Certificate): CertificateIndex<Certificate> {
  const byName = Map.groupBy(
    all.flatMap((one) => one.names.map((name) => ({ name, one }))),
    ({ name }) => name,
  );
  return { named: (name) => byName.get(name)?.map(({ one }) => one), standard };
}

const CIPHERS = [
  "ECDHE-ECDSA-AES128-GCM-SHA256",
  "ECDHE-RSA-AES128-GCM-SHA256",
  "ECDHE-ECDSA-AES128-SHA",
  "AES128-SHA",
];
const TLS13 = choicePolicy({ versions: ["TLSv1", "TLSv1.2", "TLSv1.3"], ciphers: CIPHERS });
const TLS12 = choicePolicy({ versions: ["TLSv1", "TLSv1.2"], ciphers: CIPHERS });

const MODERN: ClientHello = {
  serverName: "a.test",
  versions: [0x0304, 0x0303],
  cipherSuites: [0x1301, 0xc02b, 0xc02f],
  signatureAlgorithms: [0x0403, 0x0503, 0x0804, 0x0401],
  groups: [29, 23, 24],
};

test.for([
  ["ECDSA before RSA", MODERN, P256],
  ["the curve it can verify", { ...MODERN, signatureAlgorithms: [0x0503, 0x0804] }, P384],
  ["RSA when it cannot verify ECDSA", { ...MODERN, signatureAlgorithms: [0x0804] }, RSA],
  [
    "RSA when TLS 1.2 is all it speaks and no suite is ECDSA",
    { ...MODERN, versions: [0x0303], cipherSuites: [0xc02f] },
    RSA,
  ],
  ["RSA when it speaks TLS 1.2 without the curve", { ...MODERN, versions: [0x0303], groups: [29] }, RSA],
  ["by its suites when it is older than signature algorithms", old([0xc009]), P256],
  ["RSA when it is old and knows no ECDSA suite", old([0x002f]), RSA],
  ["the first of its name when it can verify none", { ...MODERN, signatureAlgorithms: [0x0807] }, P256],
] as const)("a client gets %s", ([, hello, expected]) => {
  const index = indexCertificates([OTHER, RSA, P384, P256], OTHER);
  expect(chooseCertificate(index, hello, TLS13)).toBe(expected);
});

test("without TLS 1.3 in the policy a client is judged by what it says for TLS 1.2", () => {
  const hello = { ...MODERN, cipherSuites: [0x1301, 0xc02f] };
  const index = indexCertificates([RSA, P256], RSA);
  expect(chooseCertificate(index, hello, TLS12)).toBe(RSA);
});

test("a suite that only the client has makes no certificate fit", () => {
  const hello = { ...MODERN, versions: [0x0303], cipherSuites: [0xc0ac, 0xc02f] };
  expect(chooseCertificate(indexCertificates([P256, RSA]), hello, TLS12)).toBe(RSA);
  expect(chooseCertificate(indexCertificates([RSA, P256]), { ...hello, cipherSuites: [0xc02b, 0xc013] }, TLS12)).toBe(
    P256,
  );
});

test("every suite of every policy has a number", () => {
  for (const policy of EVERY_TLS_POLICY) expect(() => choicePolicy(policy)).not.toThrow();
});

test("the default certificate is for those without a name and with another one, and nothing stands in for it", () => {
  const { serverName: _, ...nameless } = MODERN;
  const stranger = { ...MODERN, serverName: "stranger.test" };
  for (const hello of [nameless, stranger]) {
    expect(chooseCertificate(indexCertificates([P256, OTHER], OTHER), hello, TLS13)).toBe(OTHER);
    expect(chooseCertificate(indexCertificates([P256]), hello, TLS13)).toBeUndefined();
  }
});

test("a wildcard is for one label", () => {
  const wildcard = certificate("P-256", "*.a.test");
  const index = indexCertificates([wildcard]);
  const choose = (serverName: string) => chooseCertificate(index, { ...MODERN, serverName }, TLS13);
  expect([choose("b.a.test"), choose("a.test"), choose("c.b.a.test")]).toEqual([wildcard, undefined, undefined]);
});

function old(cipherSuites: readonly number[]): ClientHello {
  return { serverName: "a.test", versions: [0x0301], cipherSuites };
}
