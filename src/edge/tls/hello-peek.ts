import type { Socket } from "node:net";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { type HelloReading, MOST_HELLO_BYTES, readClientHello } from "./client-hello.ts";

/**
 * Reads the ClientHello of a new, paused connection and puts it back, so that the handshake sees it. Undefined when the
 * client went away or did not finish it within ten seconds.
 */
export function peekHello(socket: Socket, { timers }: { readonly timers: Timers }): Promise<HelloReading | undefined> {
  return new Promise((resolve) => {
    const chunks: Buffer[] = [];
    const finish = (reading: HelloReading | undefined): void => {
      cancel();
      socket.off("readable", look);
      socket.off("close", gone);
      if (reading) socket.unshift(Buffer.concat(chunks));
      resolve(reading);
    };
    const gone = (): void => finish(undefined);
    const cancel = timers.after(TIMEOUT, gone);
    const look = (): void => {
      for (let chunk = read(socket); chunk; chunk = read(socket)) chunks.push(chunk);
      const bytes = Buffer.concat(chunks);
      if (bytes.length === 0) return socket.readableEnded ? gone() : undefined;
      const reading: HelloReading = bytes.length > MOST_HELLO_BYTES ? { state: "malformed" } : readClientHello(bytes);
      if (reading.state !== "more") finish(reading);
      else if (socket.readableEnded) gone();
    };
    socket.on("readable", look);
    socket.on("close", gone);
  });
}

function read(socket: Socket): Buffer | null {
  return socket.read() as Buffer | null;
}

const TIMEOUT: Millis = 10 * SECOND;
