import type { Server as HttpServer } from "node:http";
import { createServer, type Server } from "node:net";

/**
 * One port for HTTP and HTTPS: the first byte of a connection tells (a TLS record of a handshake begins with 22).
 */
export function onePort(http: HttpServer, https: HttpServer): Server {
  return createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.setTimeout(FIRST_BYTE_MS, () => socket.destroy());
    socket.once("readable", () => {
      const first: Buffer | null = socket.read();
      if (!first) return void socket.destroy();
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      socket.unshift(first);
      (first[0] === TLS_HANDSHAKE ? https : http).emit("connection", socket);
    });
  });
}

const TLS_HANDSHAKE = 22;
const FIRST_BYTE_MS = 10_000;
