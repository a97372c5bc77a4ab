import type { Server as HttpServer } from "node:http";
import type { Server as HttpsServer } from "node:https";
import { createServer, type Server, type Socket } from "node:net";
import { isLoopback } from "./addresses.ts";

/**
 * One port for HTTP and HTTPS: the first byte of a connection tells (a TLS record of a handshake begins with 22).
 * Clear HTTP is for this machine only: from elsewhere the connection is closed.
 */
export function onePort(http: HttpServer, https: HttpsServer): Server {
  return createServer({ noDelay: true, pauseOnConnect: true }, (socket) => {
    socket.on("error", () => socket.destroy());
    socket.setTimeout(FIRST_BYTE_MS, () => socket.destroy());
    socket.once("readable", () => {
      const first: Buffer | null = socket.read();
      if (!first) return void socket.destroy();
      socket.setTimeout(0);
      socket.removeAllListeners("timeout");
      socket.unshift(first);
      const tls = first[0] === TLS_HANDSHAKE;
      if (!tls && !isLoopback(socket.remoteAddress ?? "")) return void socket.destroy();
      hand(socket, tls ? https : http);
    });
  });
}

function hand(socket: Socket, server: HttpServer | HttpsServer): void {
  server.emit("connection", socket);
}

const TLS_HANDSHAKE = 22;
const FIRST_BYTE_MS = 10_000;
