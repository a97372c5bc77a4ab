import type { Socket } from "node:net";
import { type SecureContext, TLSSocket } from "node:tls";
import type { TlsPolicy } from "#domain/tls/policies.ts";
import type { ClientTls } from "#edge/http/exchange.ts";
import type { ContextUse, KeyringEntry } from "#edge/keys/keyring-entry.ts";
import { KeyRefused } from "#edge/keys/kms.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { type CertificateIndex, type ChoicePolicy, choicePolicy, chooseCertificate } from "./certificate-choice.ts";
import { type ClientHello, type HelloReading, MOST_HELLO_BYTES, readClientHello } from "./client-hello.ts";
import { KeyGone } from "./context-cache.ts";
import { type Handshake, type HandshakeFailure, keyExchangeGroup } from "./handshake.ts";
import type { ClientCertificateFacts, Judgement, MutualTls } from "./mutual.ts";
import { type Alert, refuseHandshake } from "./tls-alert.ts";

/** How a listener answers TLS clients: made once for each configuration. */
export interface TlsSettings {
  readonly use: ContextUse;
  /** The protocols offered (ALPN) as they go over the wire; undefined: it is not spoken. */
  readonly alpn: Uint8Array | undefined;
  readonly certificates: CertificateIndex<KeyringEntry>;
  readonly mutual: MutualTls | undefined;
  readonly choice: ChoicePolicy;
}

export interface TlsConfiguration {
  readonly listenerArn: string;
  readonly policy: TlsPolicy;
  /** In the order of preference; empty: ALPN is not spoken. A client that offers none of them is refused (RFC 7301). */
  readonly alpn: readonly string[];
  readonly certificates: CertificateIndex<KeyringEntry>;
  readonly mutual?: MutualTls | undefined;
}

export function tlsSettings({ listenerArn, policy, alpn, certificates, mutual }: TlsConfiguration): TlsSettings {
  return {
    use: { listenerArn, policy, mutual },
    alpn: alpn.length > 0 ? wireForm(alpn) : undefined,
    certificates,
    mutual,
    choice: choicePolicy(policy),
  };
}

/** What becomes of the connections of a listener. `visit` is what `accept` was given with the connection. */
export interface TlsListener<Visit> {
  /** Asked when a ClientHello is there: it may have changed since the connection came. */
  settings(): TlsSettings;
  /** The handshake is done. */
  secure(socket: TLSSocket, tls: ClientTls, visit: Visit): void;
  /** The client speaks something else; its bytes are still there to be read. */
  plain(socket: Socket, visit: Visit): void;
  /** Told once for each connection, before `secure` and after everything else. */
  onHandshake?(handshake: Handshake, visit: Visit): void;
}

/** Ends TLS on new connections, for all listeners of a process. */
export interface TlsFront {
  accept<Visit>(socket: Socket, visit: Visit, listener: TlsListener<Visit>): void;
  /** Handshakes under way. */
  readonly pending: number;
}

export interface TlsFrontDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly onError: (what: string, error: unknown) => void;
}

/**
 * The ClientHello is read before OpenSSL sees it: SNICallback could not choose between the certificates of a name nor
 * set a policy for it, and is passed over on resumption, so that holders of tickets would outlive a dropped key.
 * Handshakes under way are bounded: beyond `most`, the oldest gives way to the newest, so that those who connect and
 * are silent keep nobody else out.
 */
export function tlsFront(deps: TlsFrontDeps, most: number = MOST_PENDING): TlsFront {
  const pending = new Set<Underway>();
  let sweeping = false;
  /** They have all the same time and stand in the order in which they came: one timer is enough for them. */
  const sweep = (): void => {
    const now = deps.clock.now().getTime();
    for (const one of pending) {
      if (one.startedAt + TIMEOUT > now) break;
      one.fail({ kind: "timeout", reason: "the handshake took too long" });
    }
    sweeping = pending.size > 0;
    if (sweeping) deps.timers.after(SECOND, sweep);
  };
  return {
    accept<Visit>(socket: Socket, visit: Visit, listener: TlsListener<Visit>) {
      const one = new Pending(socket, visit, listener, pending, deps);
      pending.add(one);
      if (pending.size > most) {
        for (const oldest of pending) {
          oldest.fail({ kind: "shed", reason: "too many handshakes were under way" });
          break;
        }
      }
      if (!sweeping) {
        sweeping = true;
        deps.timers.after(SECOND, sweep);
      }
    },
    get pending() {
      return pending.size;
    },
  };
}

interface Underway {
  readonly startedAt: number;
  fail(failure: HandshakeFailure): void;
}

/** A connection whose handshake is under way. */
class Pending<Visit> implements Underway {
  readonly startedAt: number;
  readonly #socket: Socket;
  readonly #visit: Visit;
  readonly #listener: TlsListener<Visit>;
  readonly #all: Set<Underway>;
  readonly #deps: TlsFrontDeps;
  #settings: TlsSettings | undefined;
  #hello: ClientHello | undefined;
  #entry: KeyringEntry | undefined;
  #secure: TLSSocket | undefined;
  /** What came before the ClientHello was whole. */
  #early: Buffer | undefined;

  constructor(socket: Socket, visit: Visit, listener: TlsListener<Visit>, all: Set<Underway>, deps: TlsFrontDeps) {
    this.startedAt = deps.clock.now().getTime();
    this.#socket = socket;
    this.#visit = visit;
    this.#listener = listener;
    this.#all = all;
    this.#deps = deps;
    socket.on("readable", this.#look);
    socket.on("close", this.#gone);
    socket.on("error", ignore);
  }

  fail(failure: HandshakeFailure): void {
    if (!this.#settle(failure, undefined)) return;
    this.#secure?.destroy();
    this.#socket.destroy();
  }

  readonly #gone = (): void => {
    this.fail({ kind: "gone", reason: "the client went away" });
  };

  /** Reads as far as the ClientHello goes and puts it back, so that the handshake sees it. */
  readonly #look = (): void => {
    const socket = this.#socket;
    for (let chunk = read(socket); chunk; chunk = read(socket)) {
      this.#early = this.#early ? Buffer.concat([this.#early, chunk]) : chunk;
    }
    const bytes = this.#early;
    if (!bytes) return socket.readableEnded ? this.#gone() : undefined;
    const reading: HelloReading = bytes.length > MOST_HELLO_BYTES ? TOO_LONG : readClientHello(bytes);
    if (reading.state === "more") return socket.readableEnded ? this.#gone() : undefined;
    socket.off("readable", this.#look);
    socket.unshift(bytes);
    this.#early = undefined;
    switch (reading.state) {
      case "not-tls":
        if (this.#settle({ kind: "plain", reason: "it was no TLS" }, undefined))
          this.#listener.plain(socket, this.#visit);
        return;
      case "malformed":
        return this.#refuse("decode_error", { kind: "malformed", reason: "the ClientHello cannot be read" });
      case "whole":
        this.#hello = reading.hello;
        return this.#choose(reading.hello);
    }
  };

  #choose(hello: ClientHello): void {
    const settings = this.#listener.settings();
    this.#settings = settings;
    const entry = chooseCertificate(settings.certificates, hello, settings.choice);
    if (!entry) {
      const alert = hello.serverName === undefined ? "handshake_failure" : "unrecognized_name";
      return this.#refuse(alert, { kind: "no-certificate", reason: "there is no certificate for that name" });
    }
    this.#entry = entry;
    const ready = entry.ready(settings.use);
    if (ready) return this.#begin(ready, settings, entry);
    entry.context(settings.use).then(
      (context) => this.#all.has(this) && this.#begin(context, settings, entry),
      (error: unknown) => this.#noKey(entry, error),
    );
  }

  #noKey(entry: KeyringEntry, error: unknown): void {
    const refused = error instanceof KeyRefused || error instanceof KeyGone;
    if (!(error instanceof KeyGone)) this.#deps.onError(`no handshake with ${entry.certificateArn}`, error);
    const reason = error instanceof Error ? error.message : String(error);
    this.#refuse(refused ? "handshake_failure" : "internal_error", { kind: "no-key", reason });
  }

  #begin(secureContext: SecureContext, { alpn, mutual }: TlsSettings, entry: KeyringEntry): void {
    const secure = new TLSSocket(this.#socket, {
      isServer: true,
      secureContext,
      ...(alpn ? { ALPNProtocols: alpn } : undefined),
      // OpenSSL takes any certificate, or insists on one; whom we trust is decided when the handshake is done.
      ...(mutual ? { requestCert: true, rejectUnauthorized: mutual.mode === "verify" } : undefined),
    });
    this.#secure = secure;
    endTogether(this.#socket, secure);
    entry.track(secure);
    // For as long as the connection lives: an error ends it, and there is nobody else to tell.
    secure.on("error", this.#broken);
    secure.on("_tlsError", this.#broken);
    secure.once("secure", this.#done);
  }

  readonly #broken = (error: Error): void => {
    const alert = /SSL alert number (\d+)/.exec(error.message)?.[1];
    const verify = this.#settings?.mutual?.errorOf(error);
    this.fail({
      kind: verify ? "client-certificate" : "negotiation",
      reason: error.message,
      alert: alert === undefined ? undefined : Number(alert),
      verify,
    });
    this.#secure?.destroy();
  };

  readonly #done = (): void => {
    const secure = this.#secure;
    const mutual = this.#settings?.mutual;
    if (!secure || !this.#all.has(this)) return;
    // What tls.Server does when its handshake is done, and what HTTP/2 in Node waits for.
    Object.assign(secure, { secureConnecting: false });
    const judged = mutual && this.#judge(mutual, secure);
    if (judged?.error) {
      const reason = `the client's certificate was refused: ${judged.error}`;
      this.#settle({ kind: "client-certificate", reason, verify: judged.error }, judged.facts);
      // In this turn: nothing that OpenSSL has to say at the end of a handshake has been sent yet.
      secure.destroy();
      this.#socket.destroy();
      return;
    }
    const tls = this.#facts(secure, judged?.fields ?? NO_FIELDS);
    if (this.#settle(undefined, judged?.facts, tls)) this.#listener.secure(secure, tls, this.#visit);
  };

  /** What a client shows may be anything: what its judge does not withstand must end no more than this connection. */
  #judge(mutual: MutualTls, secure: TLSSocket): Judgement {
    try {
      return mutual.judge(secure, this.#deps.clock.now());
    } catch (error) {
      this.#deps.onError("a client's certificate could not be judged", error);
      return { error: "ClientCertInvalid", facts: undefined, fields: NO_FIELDS };
    }
  }

  #facts(secure: TLSSocket, mutual: ClientTls["mutual"]): ClientTls {
    const { name, standardName } = secure.getCipher();
    return {
      version: secure.getProtocol() ?? "",
      cipherSuite: standardName,
      cipher: name,
      serverName: this.#hello?.serverName,
      certificateArn: this.#entry?.certificateArn ?? "",
      mutual,
    };
  }

  #refuse(alert: Alert, failure: HandshakeFailure): void {
    if (!this.#settle(failure, undefined)) return;
    if (!this.#socket.destroyed) refuseHandshake(this.#socket, alert, this.#deps.timers);
  }

  /** False when it was settled before, or could not be told of: then the connection is over. */
  #settle(failure: HandshakeFailure | undefined, client: ClientCertificateFacts | undefined, tls?: ClientTls): boolean {
    if (!this.#all.delete(this)) return false;
    this.#socket.off("readable", this.#look);
    this.#socket.off("close", this.#gone);
    try {
      this.#listener.onHandshake?.(this.#result(failure, client, tls), this.#visit);
      return true;
    } catch (error) {
      this.#deps.onError("a handshake could not be told of", error);
      this.#secure?.destroy();
      this.#socket.destroy();
      return false;
    }
  }

  #result(
    failure: HandshakeFailure | undefined,
    client: ClientCertificateFacts | undefined,
    done: ClientTls | undefined,
  ): Handshake {
    const secure = this.#secure;
    const tls = done ?? (secure && negotiated(secure) ? this.#facts(secure, NO_FIELDS) : undefined);
    return {
      startedAt: this.startedAt,
      endedAt: this.#deps.clock.now().getTime(),
      hello: this.#hello,
      certificate: this.#entry && { arn: this.#entry.certificateArn, serial: this.#entry.serial },
      tls,
      keyExchange:
        tls && this.#hello && this.#settings
          ? keyExchangeGroup(this.#hello, this.#settings.use.policy.groups, tls)
          : undefined,
      protocol: secure?.alpnProtocol || undefined,
      client,
      failure,
    };
  }
}

/**
 * Whoever destroys the TCP connection destroys the TLS connection first. The other way round, and the TLS connection in
 * the same turn, Node 24.21 crashes: what was being written ends in memory that is gone.
 */
function endTogether(socket: Socket, secure: TLSSocket): void {
  const destroy = socket.destroy.bind(socket);
  socket.destroy = (error) => {
    if (secure.destroyed) return destroy(error);
    secure.destroy(error);
    return socket;
  };
}

function negotiated(secure: TLSSocket): boolean {
  return !secure.destroyed && (secure.getCipher() as { name?: string } | undefined)?.name !== undefined;
}

/** RFC 7301 section 3.1. */
function wireForm(protocols: readonly string[]): Uint8Array {
  return Buffer.concat(protocols.flatMap((protocol) => [Buffer.from([protocol.length]), Buffer.from(protocol)]));
}

function read(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null;
}

function ignore(): void {}

const NO_FIELDS: ClientTls["mutual"] = [];
const TOO_LONG: HelloReading = { state: "malformed" };
/** From the connection to the end of its handshake. */
const TIMEOUT: Millis = 10 * SECOND;
const MOST_PENDING = 4_096;
