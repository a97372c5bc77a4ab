import { once } from "node:events";
import { type AddressInfo, createServer, type Socket } from "node:net";
import type { TLSSocket } from "node:tls";
import { expect, onTestFinished } from "vitest";
import type { CertificateArn, LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeCertificate } from "#domain/edge-config.ts";
import type { AccountId, Region } from "#domain/names.ts";
import { type TlsPolicy, tlsPolicy } from "#domain/tls/policies.ts";
import type { ClientTls } from "#edge/http/exchange.ts";
import { edgeContextCache, type Keyring, keyring } from "#edge/keys/keyring.ts";
import { KeyRefused, type Kms } from "#edge/keys/kms.ts";
import { type TlsFront, tlsFront, tlsSettings } from "#edge/tls/front.ts";
import type { Handshake } from "#edge/tls/handshake.ts";
import type { MutualTls } from "#edge/tls/mutual.ts";
import { type HeldTicketSeed, ticketSeed } from "#edge/tls/ticket-keys.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { canonicalContext } from "#lib/encryption-context.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { seal } from "#lib/sealed.ts";
import { systemTimers, type Timers } from "#lib/timers.ts";
import type { TestCertificate } from "./certificates.ts";

/** A TLS front on a port of its own, with a keyring over sealed keys, which are opened as an edge opens them. */
export interface FrontWorld {
  readonly port: number;
  readonly ring: Keyring;
  readonly front: TlsFront;
  readonly seed: HeldTicketSeed;
  readonly handshakes: Handshake[];
  /** Connections whose handshake is done, and what was learned of them. */
  readonly served: { readonly socket: TLSSocket; readonly tls: ClientTls; readonly transport: Socket }[];
  readonly said: string[];
  /** Counts what KMS was asked. */
  readonly asked: { count: number };
  certify(
    certificate: TestCertificate,
    more?: { arn?: string; names?: readonly string[]; grant?: string },
  ): CertificateArn;
  configure(more: Partial<FrontSettings>): void;
  /** Waits until so many handshakes have ended: a client may be done before the server is. */
  settled(count: number): Promise<void>;
}

export interface FrontSettings {
  readonly policy: TlsPolicy;
  readonly alpn: readonly string[];
  readonly certificates: readonly CertificateArn[];
  readonly mutual: MutualTls | undefined;
  readonly listenerArn: string;
}

export const POLICY = (name: string): TlsPolicy => {
  const policy = tlsPolicy(`ELBSecurityPolicy-${name}`);
  if (!policy) throw new Error(`there is no policy ${name}`);
  return policy;
};

export interface FrontOptions {
  readonly clock?: Clock;
  readonly timers?: Timers;
  readonly seed?: HeldTicketSeed;
  readonly mostPending?: number;
  /** What is done with a connection as soon as its handshake is done; unless told, it says back what it hears. */
  readonly onSecure?: (served: FrontWorld["served"][number]) => void;
  /** Told beside those who are counted. */
  readonly onHandshake?: (handshake: Handshake) => void;
}

export async function frontWorld(options: FrontOptions = {}): Promise<FrontWorld> {
  const { clock = systemClock, timers = systemTimers, seed = ticketSeed(), mostPending, onSecure = sayBack } = options;
  const asked = { count: 0 };
  const said: string[] = [];
  const onError = (what: string, error: unknown): void => void said.push(`${what}: ${String(error)}`);
  const kms: Kms = {
    dataKey({ grantToken }) {
      asked.count++;
      return grantToken.startsWith("refused")
        ? Promise.reject(new KeyRefused("the grant is retired"))
        : Promise.resolve(new PlaintextKey(Buffer.from(DATA_KEY)));
    },
  };
  const ring = keyring("balancer" as LoadBalancerArn, {
    kms,
    cache: edgeContextCache({ clock }),
    timers,
    tickets: seed,
    onServing: (_, arn, serial) => void said.push(`serving ${arn} ${serial}`),
    onCannotServe: (_, arn, serial, reason) => void said.push(`cannot serve ${arn} ${serial}: ${reason}`),
    onError,
  });
  const front = tlsFront({ clock, timers, onError }, mostPending);
  const handshakes: Handshake[] = [];
  const served: FrontWorld["served"] = [];
  let settings: FrontSettings = {
    policy: POLICY("TLS13-1-2-2021-06"),
    alpn: [],
    certificates: [],
    mutual: undefined,
    listenerArn: "listener",
  };
  let made: ReturnType<typeof tlsSettings> | undefined;
  const server = createServer({ noDelay: true }, (socket) => {
    front.accept(socket, socket, {
      settings: () => (made ??= tlsSettings({ ...settings, certificates: ring.index(settings.certificates) })),
      secure(secure, tls, transport) {
        const one = { socket: secure, tls, transport };
        served.push(one);
        onSecure(one);
      },
      plain: (plain) => plain.end("plain"),
      onHandshake(handshake) {
        handshakes.push(handshake);
        options.onHandshake?.(handshake);
      },
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    for (const { socket } of served) socket.destroy();
    server.close();
  });
  return {
    port: (server.address() as AddressInfo).port,
    ring,
    front,
    seed,
    handshakes,
    served,
    said,
    asked,
    certify(certificate, { arn = `certificate-${settings.certificates.length}`, names, grant } = {}) {
      ring.put(sealedCertificate(certificate, arn as CertificateArn, { names, grant }));
      if (!settings.certificates.includes(arn as CertificateArn)) {
        settings = { ...settings, certificates: [...settings.certificates, arn as CertificateArn] };
        made = undefined;
      }
      return arn as CertificateArn;
    },
    settled: (count) => expect.poll(() => handshakes.length, { timeout: 5_000 }).toBe(count),
    configure(more) {
      settings = { ...settings, ...more };
      made = undefined;
    },
  };
}

function sayBack({ socket }: FrontWorld["served"][number]): void {
  socket.on("data", (chunk) => socket.destroyed || socket.write(chunk));
}

/** A certificate as the control plane hands it to an edge. */
export function sealedCertificate(
  { pem, key, der }: Pick<TestCertificate, "pem" | "key" | "der">,
  certificateArn: CertificateArn,
  more: { readonly names?: readonly string[] | undefined; readonly grant?: string | undefined } = {},
): EdgeCertificate {
  const encryptionContext = { "aws:acm:arn": certificateArn };
  const pkcs8 = key.export({ type: "pkcs8", format: "der" });
  return {
    loadBalancerArn: "balancer" as LoadBalancerArn,
    certificateArn,
    account: "123456789012" as AccountId,
    region: "eu-west-1" as Region,
    serial: der.toString("hex", 15, 20),
    chain: pem,
    names: more.names ?? ["example.com", "www.example.com"],
    wrappedDataKey: Buffer.from("wrapped"),
    sealedKey: seal(DATA_KEY, pkcs8, canonicalContext(encryptionContext)),
    encryptionContext,
    grantToken: more.grant ?? "grant",
  };
}

const DATA_KEY = Buffer.alloc(32, 7);
