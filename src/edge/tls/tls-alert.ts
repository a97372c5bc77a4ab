import type { Socket } from "node:net";
import { SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";

/** Why a handshake is refused before it begins (RFC 8446 section 6). */
export type Alert = keyof typeof DESCRIPTIONS;

/** Sends a fatal alert and ends the connection, in an order that lets the client read the alert. */
export function refuseHandshake(socket: Socket, alert: Alert, timers: Timers): void {
  endWith(socket, Buffer.from([21, 3, 3, 0, 2, FATAL, DESCRIPTIONS[alert]]), timers);
}

/**
 * Says a last word. What the client still sends is read and dropped, as closing over unread bytes would reset the
 * connection; but not for longer than two seconds, whatever it sends.
 */
export function endWith(socket: Socket, bytes: Uint8Array | string, timers: Timers): void {
  socket.once(
    "close",
    timers.after(LINGER, () => socket.destroy()),
  );
  socket.end(bytes);
  socket.resume();
  socket.once("end", () => socket.destroy());
}

const DESCRIPTIONS = {
  unexpected_message: 10,
  handshake_failure: 40,
  decode_error: 50,
  internal_error: 80,
  unrecognized_name: 112,
} as const;
const FATAL = 2;
const LINGER = 2 * SECOND;
