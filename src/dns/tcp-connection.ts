import type { Socket } from "node:net";
import type { Millis } from "#lib/duration.ts";

/**
 * Serves one connection (RFC 7766): each message behind its length, many at once, answered as they are ready. An idle or
 * slow asker loses the connection, and one that does not read its answers is not read either.
 */
export function serveConnection(
  socket: Socket,
  idle: Millis,
  answer: (message: Buffer) => Promise<Buffer | undefined>,
): void {
  let waiting = Buffer.alloc(0);
  let atWork = 0;
  let ended = false;

  const proceed = (): void => {
    for (let message = next(); message && atWork < MOST_AT_WORK; message = next()) {
      waiting = waiting.subarray(LENGTH + message.length);
      if (message.length < SHORTEST) return void socket.destroy();
      atWork += 1;
      answer(Buffer.from(message)).then(respond, () => socket.destroy());
    }
    if (next() || socket.writableNeedDrain) socket.pause();
    else if (ended && atWork === 0) socket.end();
    else socket.resume();
  };
  const next = (): Buffer | undefined => {
    if (waiting.length < LENGTH) return undefined;
    const end = LENGTH + waiting.readUInt16BE(0);
    return waiting.length < end ? undefined : waiting.subarray(LENGTH, end);
  };
  const respond = (response: Buffer | undefined): void => {
    atWork -= 1;
    if (socket.destroyed) return;
    if (!response) return void socket.destroy();
    const length = Buffer.alloc(LENGTH);
    length.writeUInt16BE(response.length);
    socket.write(Buffer.concat([length, response]));
    proceed();
  };

  socket.on("data", (bytes) => {
    waiting = Buffer.concat([waiting, bytes]);
    proceed();
  });
  socket.on("drain", proceed);
  socket.on("end", () => {
    ended = true;
    proceed();
  });
  socket.on("error", () => socket.destroy());
  socket.setTimeout(idle, () => socket.destroy());
}

/** A header: whatever is shorter is no DNS. */
const SHORTEST = 12;
const LENGTH = 2;
const MOST_AT_WORK = 32;
