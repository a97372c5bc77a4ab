import type { Socket } from "node:net";
import { TLSSocket } from "node:tls";
import type { TlsPolicy } from "#domain/tls/policies.ts";
import type { KeyringEntry } from "#edge/keys/keyring.ts";
import { KeyRefused } from "#edge/keys/kms.ts";
import { SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { type CertificateIndex, chooseCertificate } from "./certificate-choice.ts";
import { KeyGone } from "./context-cache.ts";
import { peekHello } from "./hello-peek.ts";
import { type Alert, refuseHandshake } from "./tls-alert.ts";

/** How a listener answers TLS clients at this moment. */
export interface TlsSettings {
  readonly listenerArn: string;
  readonly policy: TlsPolicy;
  /** In the order of preference; empty: ALPN is not spoken. */
  readonly alpn: readonly string[];
  readonly certificates: CertificateIndex<KeyringEntry>;
}

export interface TlsFrontDeps {
  readonly timers: Timers;
  readonly onError: (what: string, error: unknown) => void;
}

/**
 * Ends TLS on a new connection; undefined when there is nothing to serve, and then the client has been told why.
 * The ClientHello is read before OpenSSL sees it: SNICallback could not choose between the certificates of a name nor
 * set a policy for it, and is passed over on resumption, so that holders of tickets would outlive a dropped key.
 */
export async function startTls(
  socket: Socket,
  settings: () => TlsSettings,
  onPlainHttp: (socket: Socket) => void,
  { timers, onError }: TlsFrontDeps,
): Promise<TLSSocket | undefined> {
  const reading = await peekHello(socket, { timers });
  if (!reading || socket.destroyed) return void socket.destroy();
  if (reading.state === "not-tls") {
    onPlainHttp(socket);
    return undefined;
  }
  if (reading.state !== "whole") return refuse(socket, "decode_error");
  const { hello } = reading;
  const { listenerArn, policy, alpn, certificates } = settings();
  const entry = chooseCertificate(certificates, hello, { tls13: policy.versions.includes("TLSv1.3") });
  if (!entry) return refuse(socket, hello.serverName === undefined ? "handshake_failure" : "unrecognized_name");
  try {
    const secureContext = await entry.context({ listenerArn, policy });
    if (socket.destroyed) return undefined;
    const secure = new TLSSocket(socket, {
      isServer: true,
      secureContext,
      ...(alpn.length > 0 ? { ALPNProtocols: [...alpn] } : {}),
    });
    entry.track(secure);
    return await handshake(secure, timers);
  } catch (error) {
    const gone = error instanceof KeyRefused || error instanceof KeyGone;
    if (!(error instanceof KeyGone)) onError(`no handshake with ${entry.certificateArn}`, error);
    return refuse(socket, gone ? "handshake_failure" : "internal_error");
  }
}

function refuse(socket: Socket, alert: Alert): undefined {
  if (!socket.destroyed) refuseHandshake(socket, alert);
}

/** The connection when its handshake is done; undefined when it failed, which is the client's affair. */
function handshake(secure: TLSSocket, timers: Timers): Promise<TLSSocket | undefined> {
  return new Promise((resolve) => {
    const cancel = timers.after(HANDSHAKE_TIMEOUT, () => secure.destroy());
    // For as long as the connection lives: an error ends it, and there is nobody else to tell.
    secure.on("error", () => secure.destroy());
    secure.on("_tlsError", () => secure.destroy());
    secure.once("secure", () => {
      cancel();
      // What tls.Server does when its handshake is done, and what HTTP/2 in Node waits for.
      Object.assign(secure, { secureConnecting: false });
      resolve(secure);
    });
    secure.once("close", () => {
      cancel();
      resolve(undefined);
    });
  });
}

const HANDSHAKE_TIMEOUT = 10 * SECOND;
