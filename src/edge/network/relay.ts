import { connect, type Socket } from "node:net";
import { connect as connectTls, type SecureContext, type TLSSocket } from "node:tls";
import type { FlowMetering } from "#edge/metrics/flows.ts";
import type { Lease } from "#edge/targets/targets.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { type Arrival, type Reset, reset } from "./flow.ts";
import { proxyHeader } from "./proxy-protocol.ts";

/** How a relay reaches its target. */
export interface RelayWay {
  /** Undefined: in the clear. Certificates of targets are not verified, as with AWS. */
  readonly secureContext: SecureContext | undefined;
  readonly proxyProtocol: boolean;
}

export interface RelayDeps {
  readonly timers: Timers;
  /** Told once, when both connections are gone. */
  readonly onEnd: (relay: Relay, reason: Reset) => void;
}

/**
 * A client's connection and one to a target, byte for byte in both directions: each as fast as the other reads, and one
 * may end its side while the other still speaks.
 */
export class Relay {
  readonly arrival: Arrival;
  readonly lease: Lease;
  received = 0;
  sent = 0;
  targetProtocol: string | undefined;
  /** When something last went through, in whatever unit its owner counts. */
  active = 0;
  readonly #client: Socket;
  readonly #target: Socket;
  readonly #metering: FlowMetering | undefined;
  readonly #deps: RelayDeps;
  /** TLS encrypts what it is given before `write` returns; the kernel may take it later. */
  readonly #copies: boolean;
  readonly #cancelTimer: () => void;
  readonly #now: () => number;
  #over = false;

  constructor(
    client: Socket,
    arrival: Arrival,
    lease: Lease,
    way: RelayWay,
    { now, metering }: { readonly now: () => number; readonly metering: FlowMetering | undefined },
    deps: RelayDeps,
  ) {
    this.arrival = arrival;
    this.lease = lease;
    this.#client = client;
    this.#metering = metering;
    this.#deps = deps;
    this.#now = now;
    this.active = now();
    this.#copies = arrival.tls === undefined;
    this.#target = this.#dial(way);
    this.#cancelTimer = deps.timers.after(CONNECT_TIMEOUT, () => {
      lease.answered(true);
      this.end("elb");
    });
    client.on("data", this.#fromClient);
    client.on("end", () => this.#target.end());
    client.on("drain", () => this.#target.resume());
    client.on("error", (error) => this.end(isReset(error) ? "client" : undefined));
    client.on("close", () => this.#clientGone());
    client.pause();
    lease.onEnd(() => this.end("elb"));
    if (client.destroyed) this.#clientGone();
  }

  /** Ends both connections at once; with a reason, so that both sides see that it was broken off. */
  end(reason: Reset): void {
    if (this.#over) return;
    this.#over = true;
    this.#cancelTimer();
    this.lease.release();
    if (reason === undefined) {
      this.#target.destroy();
      this.#client.destroy();
    } else {
      breakOff(this.#target);
      reset(this.#client, this.arrival.transport);
    }
    this.#metering?.ended(reason);
    this.#deps.onEnd(this, reason);
  }

  #dial({ secureContext, proxyProtocol }: RelayWay): Socket {
    const { target } = this.lease;
    const onread = { buffer: SHARED, callback: (length: number) => this.#fromTarget(length) };
    const endpoint = { host: target.address, port: target.port, allowHalfOpen: true, noDelay: true, onread };
    if (!secureContext) {
      const socket = connect(endpoint, () => {
        if (proxyProtocol) socket.write(headerOf(this.arrival));
        this.#connected();
      });
      this.#watch(socket);
      return socket;
    }
    const ALPNProtocols = this.#offered();
    const protocols = ALPNProtocols.length > 0 ? { ALPNProtocols } : {};
    // node:tls takes `onread` too (https://nodejs.org/api/tls.html#tlsconnectoptions-callback); its types do not say so.
    const tls = { secureContext, rejectUnauthorized: false, ...protocols };
    if (!proxyProtocol) {
      const secure = connectTls({ ...endpoint, ...tls } as object, () => this.#secured(secure));
      this.#watch(secure);
      return secure;
    }
    // The header goes before the encryption.
    const plain = connect({ host: target.address, port: target.port, allowHalfOpen: true, noDelay: true });
    plain.on("error", () => {});
    plain.write(headerOf(this.arrival));
    const secure = connectTls({ socket: plain, onread, ...tls } as object, () => this.#secured(secure));
    this.#watch(secure);
    return secure;
  }

  /** What was agreed with the client is what its target may speak. */
  #offered(): readonly string[] {
    const agreed = this.arrival.handshake?.protocol;
    return agreed === undefined ? [] : [agreed];
  }

  #watch(target: Socket): void {
    target.on("end", () => this.#client.end());
    target.on("drain", () => this.#client.resume());
    target.on("error", () => {
      if (!this.#over && target.connecting) this.lease.answered(true);
      this.end("target");
    });
    target.on("close", () => this.#targetGone());
  }

  #secured(secure: TLSSocket): void {
    this.targetProtocol = secure.alpnProtocol || undefined;
    this.#connected();
  }

  #connected(): void {
    if (this.#over) return;
    this.#cancelTimer();
    this.lease.answered(false);
    this.active = this.#now();
    this.#client.resume();
  }

  readonly #fromClient = (chunk: Buffer): void => {
    this.active = this.#now();
    this.received += chunk.length;
    this.#metering?.processed(chunk.length);
    if (!this.#target.write(chunk)) this.#client.pause();
  };

  /** What was read lies in the buffer that all relays share until this returns. False stops reading. */
  #fromTarget(length: number): boolean {
    const client = this.#client;
    this.active = this.#now();
    this.sent += length;
    this.#metering?.processed(length);
    const piece = SHARED.subarray(0, length);
    return client.write(this.#copies || client.writableLength > 0 ? Buffer.from(piece) : piece);
  }

  #clientGone(): void {
    const target = this.#target;
    // It has said everything and wants no more; what its target has not taken yet is still on its way.
    const owed = this.#client.readableEnded && target.writableEnded && !target.writableFinished && !target.destroyed;
    if (owed) target.once("finish", () => this.end(undefined));
    else this.end(undefined);
  }

  #targetGone(): void {
    const client = this.#client;
    const owed = client.writableEnded && !client.writableFinished && !client.destroyed;
    if (owed) client.once("finish", () => this.end(undefined));
    else this.end(client.writableEnded ? undefined : "target");
  }
}

/** Only a TCP connection that is there can be reset. */
function breakOff(target: Socket): void {
  if (target.connecting || "encrypted" in target) target.destroy();
  else target.resetAndDestroy();
}

function headerOf({ address, port, localAddress, localPort }: Arrival): Buffer {
  return proxyHeader({ source: { address, port }, destination: { address: localAddress, port: localPort } });
}

function isReset(error: NodeJS.ErrnoException): boolean {
  return error.code === "ECONNRESET" || error.code === "EPIPE";
}

const CONNECT_TIMEOUT: Millis = 10 * SECOND;
/** One for all: what is read into it is gone before the next connection is read. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024);
