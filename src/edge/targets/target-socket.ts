import { connect, type Socket } from "node:net";
import { connect as connectTls, type TLSSocket } from "node:tls";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import type { TargetSocket, TargetSocketHearer } from "./target-connection.ts";
import { targetContext } from "./target-tls.ts";

export interface DialTo {
  readonly address: string;
  readonly port: number;
  /** Undefined: in the clear. */
  readonly tls: DialTls | undefined;
}

export interface DialTls {
  /** The security policy: its name. */
  readonly policy: string;
  /** HTTP/2 must be agreed on by ALPN. */
  readonly http2: boolean;
  /** From the last connection to the same target. */
  readonly session: Buffer | undefined;
  readonly onSession: (session: Buffer) => void;
}

/** Why there is no connection: `tls` when the target took the connection and encryption did not come about. */
export interface DialFailure {
  readonly kind: "refused" | "too-slow" | "tls";
  readonly error: Error;
}

export interface Dialled {
  connected(socket: TargetSocket): void;
  unreachable(failure: DialFailure): void;
}

/** Connects to a target, whose certificate nobody looks at, as with AWS. Answers the way to give it up. */
export function dial(to: DialTo, { timers }: { readonly timers: Timers }, outcome: Dialled): () => void {
  let hearer: TargetSocketHearer | undefined;
  const onread = {
    buffer: SHARED,
    callback(length: number): boolean {
      hearer?.received(SHARED, length);
      return true;
    },
  };
  const endpoint = { host: to.address, port: to.port, noDelay: true, onread };
  const socket: Socket = to.tls ? encrypted(endpoint, to.tls) : connect(endpoint);
  let reached = false;
  let settled = false;
  let failure: Error | undefined;

  const fail = (kind: DialFailure["kind"], error: Error): void => {
    if (settled) return;
    settled = true;
    cancel();
    socket.destroy();
    outcome.unreachable({ kind, error });
  };
  const tooSlow = (): void =>
    fail(reached ? "tls" : "too-slow", new Error(`no connection to ${to.address}:${to.port} within ten seconds`));
  let cancel = timers.after(CONNECT_TIMEOUT, tooSlow);
  const ready = (): void => {
    if (settled) return;
    if (to.tls?.http2 && (socket as TLSSocket).alpnProtocol !== "h2") {
      return fail("tls", new Error("the target does not speak HTTP/2 (ALPN)"));
    }
    settled = true;
    cancel();
    outcome.connected({
      socket,
      hear(who) {
        hearer = who;
      },
    });
  };

  socket.once("connect", () => {
    reached = true;
    if (!to.tls) return ready();
    cancel();
    if (!settled) cancel = timers.after(CONNECT_TIMEOUT, tooSlow);
  });
  if (to.tls) {
    socket.setNoDelay(true); // tls.connect does not pass it on
    socket.once("secureConnect", ready);
    socket.on("session", to.tls.onSession);
  }
  socket.on("error", (error) => {
    failure = error;
    fail(reached ? "tls" : "refused", error);
  });
  socket.on("end", () => hearer?.ended());
  socket.on("drain", () => hearer?.drained());
  socket.on("close", () => {
    fail(reached ? "tls" : "refused", failure ?? new Error("the target closed the connection"));
    hearer?.closed(failure);
    hearer = undefined;
  });
  return () => {
    if (settled) return;
    settled = true;
    cancel();
    socket.destroy();
  };
}

function encrypted(endpoint: object, { policy, http2, session }: DialTls): TLSSocket {
  return connectTls({
    ...endpoint,
    secureContext: targetContext(policy),
    rejectUnauthorized: false,
    ...(http2 ? { ALPNProtocols: ["h2"] } : {}),
    ...(session ? { session } : {}),
  });
}

/** Every read of this process lands here, and is used up before the next one. */
const SHARED = Buffer.allocUnsafeSlow(64 * 1024);
/** https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-504-issues */
const CONNECT_TIMEOUT: Millis = 10 * SECOND;
