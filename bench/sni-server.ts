import { createHash, createPublicKey, type KeyObject, sign } from "node:crypto";
import { once } from "node:events";
import { type AddressInfo, createServer, type Server } from "node:net";
import { createServer as createTlsServer } from "node:tls";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeCertificate } from "#domain/edge-config.ts";
import type { AccountId, Region } from "#domain/names.ts";
import { tlsPolicy } from "#domain/tls/policies.ts";
import { edgeContextCache, keyring } from "#edge/keys/keyring.ts";
import { tlsFront, tlsSettings } from "#edge/tls/front.ts";
import { ticketSeed } from "#edge/tls/ticket-keys.ts";
import { systemClock } from "#lib/clock.ts";
import { canonicalContext } from "#lib/encryption-context.ts";
import { pem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { seal } from "#lib/sealed.ts";
import { systemTimers } from "#lib/timers.ts";
import { signatureAlgorithm } from "#lib/x509-algorithms.ts";
import { commonNameOnly, signed, tbsCertificate } from "#lib/x509-certificate.ts";
import { subjectAltName } from "#lib/x509-extensions.ts";
import { testCa, testKey } from "../tests/support/certificates.ts";

// Started by sni-scale.ts: a process of its own, so that its memory and its processor time are only its own.
export interface Ready {
  readonly port: number;
  readonly plainPort: number;
  /** From the first certificate to a listener that answers, in milliseconds. */
  readonly millis: number;
  /** How much memory the certificates and the listener took, in bytes. */
  readonly memory: number;
}

export interface Usage {
  /** User and system time of the process, in microseconds. */
  readonly cpu: number;
  readonly memory: number;
  /** Contexts in memory, and what the cache counts them as. */
  readonly contexts: number;
  readonly contextBytes: number;
  readonly opened: number;
}

/** The name that the certificate with that number is for. */
export function nameOf(number: number): string {
  return `host-${number}.example.com`;
}

const POLICY = tlsPolicy("ELBSecurityPolicy-TLS13-1-2-2021-06");
const DATA_KEY = Buffer.alloc(32, 7);
const DATES = { notBefore: new Date(Date.now() - 86_400_000), notAfter: new Date(Date.now() + 86_400_000) };

/** Certificates with an intermediate, as a control plane would send them, each with ciphertexts and texts of its own. */
function makeCertificates(count: number, key: KeyObject): EdgeCertificate[] {
  const ca = testCa("bench", DATES);
  const algorithm = signatureAlgorithm("EC_prime256v1");
  const spki = createPublicKey(key).export({ type: "spki", format: "der" });
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  return Array.from({ length: count }, (_, number) => {
    const name = nameOf(number);
    const certificateArn = `arn:aws:acm:eu-west-1:123456789012:certificate/${number}` as CertificateArn;
    const encryptionContext = { "aws:acm:arn": certificateArn };
    const serial = createHash("sha256").update(name).digest().subarray(0, 16);
    serial[0] = 0x11;
    const tbs = tbsCertificate({
      ...DATES,
      serial,
      algorithm: algorithm.identifier,
      issuer: ca.name,
      subject: commonNameOnly(name),
      subjectPublicKeyInfo: spki,
      extensions: [subjectAltName([name], false)],
    });
    const leaf = signed(tbs, algorithm.identifier, sign(algorithm.hash, tbs, ca.key));
    return {
      loadBalancerArn: "balancer" as LoadBalancerArn,
      certificateArn,
      account: "123456789012" as AccountId,
      region: "eu-west-1" as Region,
      serial: serial.toString("hex"),
      // Flat, as a text that was read from a message is.
      chain: Buffer.from(pem("CERTIFICATE", leaf) + ca.pem).toString("latin1"),
      names: [name],
      wrappedDataKey: Buffer.alloc(180, number),
      sealedKey: seal(DATA_KEY, pkcs8, canonicalContext(encryptionContext)),
      encryptionContext,
      grantToken: `token-${number}`,
    };
  });
}

async function listen(server: Server): Promise<number> {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  return (server.address() as AddressInfo).port;
}

async function serve(count: number): Promise<void> {
  if (!POLICY) throw new Error("the policy is gone");
  const key = testKey();
  const bare = process.memoryUsage().rss;
  const certificates = makeCertificates(count, key);
  const began = performance.now();
  let opened = 0;
  const cache = edgeContextCache({ clock: systemClock });
  const onError = (what: string, error: unknown): void => console.error(what, error);
  const ring = keyring("balancer" as LoadBalancerArn, {
    kms: {
      dataKey() {
        opened++;
        return Promise.resolve(new PlaintextKey(Buffer.from(DATA_KEY)));
      },
    },
    cache,
    timers: systemTimers,
    tickets: ticketSeed(),
    onServing: () => {},
    onCannotServe: (_, arn, __, reason) => console.error(arn, reason),
    onError,
  });
  for (const certificate of certificates) ring.put(certificate);
  const front = tlsFront({ clock: systemClock, timers: systemTimers, onError });
  const settings = tlsSettings({
    listenerArn: "listener",
    policy: POLICY,
    alpn: [],
    certificates: ring.index(certificates.map(({ certificateArn }) => certificateArn)),
  });
  const port = await listen(
    createServer({ noDelay: true }, (socket) =>
      front.accept(socket, undefined, {
        settings: () => settings,
        secure: () => {},
        plain: (plain) => plain.destroy(),
        onHandshake: () => {},
      }),
    ),
  );
  const millis = performance.now() - began;
  const [first] = certificates;
  const plain = createTlsServer({
    key: key.export({ type: "pkcs8", format: "pem" }),
    cert: first?.chain ?? "",
    ca: [],
    minVersion: "TLSv1.2",
    ciphers: `${POLICY.ciphers.join(":")}:@SECLEVEL=1`,
    ecdhCurve: POLICY.groups.join(":"),
    honorCipherOrder: true,
  });
  plain.on("secureConnection", (socket) => socket.on("error", () => {}));
  plain.on("tlsClientError", () => {});
  const plainPort = await listen(plain);
  const ready: Ready = { port, plainPort, millis, memory: process.memoryUsage().rss - bare };
  process.on("message", () => {
    const { user, system } = process.cpuUsage();
    const memory = process.memoryUsage().rss;
    const usage: Usage = { cpu: user + system, memory, contexts: cache.size, contextBytes: cache.bytes, opened };
    process.send?.(usage);
  });
  process.send?.(ready);
}

if (process.send && process.argv[2] === "serve") await serve(Number(process.argv[3]));
