import type { ServeHttp } from "#edge/http/connection.ts";
import { ServerSession } from "./server-session.ts";

/** Speaks HTTP/2 (RFC 9113) with a client: by ALPN `h2`, or because it said so first. */
export const serveHttp2: ServeHttp = (socket, client, settings, handler, deps) => {
  const session = new ServerSession(socket, client, settings, handler, deps);
  socket.on("data", (bytes: Buffer) => session.read(bytes));
  socket.on("end", () => session.gone());
  socket.on("error", () => session.gone());
  socket.on("close", () => session.gone());
  if (socket.destroyed) session.gone();
  return session;
};
