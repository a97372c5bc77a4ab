import { createServer as createHttp1, type IncomingMessage, type Server, ServerResponse } from "node:http";
import {
  createServer as createHttp2,
  type Http2Session,
  type ServerHttp2Session,
  type ServerHttp2Stream,
} from "node:http2";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { endWith } from "#edge/tls/tls-alert.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Client, Exchange } from "./exchange.ts";
import { http1Exchange } from "./http1-exchange.ts";
import { http2Exchange } from "./http2-exchange.ts";
import { answerStatus, lastWords } from "./own-answers.ts";

/** HTTP on connections that were accepted (and decrypted) elsewhere. */
export interface HttpFront {
  serve(socket: Socket, client: Client, version: "http/1.1" | "h2"): void;
  /** How long a client may be silent, and how long one connection may be used; from the next connection on. */
  limit(limits: Limits): void;
  /** Ends idle connections now and the others after their requests: `connection: close`, GOAWAY. */
  drain(): void;
  /** Ends everything. */
  close(): void;
}

export interface Limits {
  readonly idle: Millis;
  readonly life: Millis;
}

/** `answer` is called for every request that can be read; all others are answered here. */
export function httpFront(answer: (exchange: Exchange) => void, { clock }: { readonly clock: Clock }): HttpFront {
  const clients = new WeakMap<Duplex | Http2Session, Known>();
  let arriving: Known | undefined;
  let life: Millis = Number.POSITIVE_INFINITY;
  const sockets = new Set<Socket>();
  const sessions = new Set<ServerHttp2Session>();
  let draining = false;
  const mayStay = ({ since }: Known): boolean => !draining && clock.now().getTime() - since < life;

  const take = (made: ReturnType<typeof http1Exchange>): void => {
    if ("refused" in made) answerStatus(made.exchange, made.refused);
    else answer(made);
  };

  const http1: Server = createHttp1({
    maxHeaderSize: MOST_HEADER_BYTES,
    requestTimeout: 0, // an upload may take as long as it moves
    headersTimeout: HEADERS_TIMEOUT,
    requireHostHeader: false, // http1Exchange says it in our own words
    shouldUpgradeCallback: isWebSocket,
  });
  http1.on("request", (request, response) => {
    const known = clients.get(request.socket);
    if (known) take(http1Exchange(request, response, known.client, () => mayStay(known)));
  });
  http1.on("upgrade", (request: IncomingMessage, socket: Socket, head: Buffer) => {
    const known = clients.get(socket);
    if (!known) return void socket.destroy();
    socket.on("error", () => socket.destroy());
    const response = new ServerResponse(request);
    response.assignSocket(socket);
    response.once("finish", () => endWith(socket, "")); // Node does not read from it any more
    take(http1Exchange(request, response, known.client, () => false, { protocol: "websocket", socket, head }));
  });
  http1.on("connect", (_request, socket: Socket) => endWith(socket, lastWords(400)));
  http1.on("clientError", (error: Error, socket: Socket) => {
    const answering = "_httpMessage" in socket && socket._httpMessage !== null;
    if (!socket.writable || answering) return void socket.destroy();
    const late = "code" in error && error.code === "ERR_HTTP_REQUEST_TIMEOUT";
    endWith(socket, lastWords(late ? 408 : 400));
  });
  // Node starts to watch for slow headers and idle connections when a server listens; this one is only handed connections.
  http1.emit("listening");

  const http2 = createHttp2({
    settings: { maxConcurrentStreams: 128, maxHeaderListSize: MOST_HEADER_BYTES, enableConnectProtocol: false },
    strictSingleValueFields: false,
  });
  http2.on("session", (session) => {
    if (arriving) clients.set(session, arriving);
    sessions.add(session);
    session.once("close", () => sessions.delete(session));
    session.on("error", () => session.destroy());
    if (draining) session.close();
  });
  http2.on("stream", (stream: ServerHttp2Stream, _headers, _flags, rawHeaders: string[]) => {
    stream.on("error", () => stream.destroy());
    const known = stream.session && clients.get(stream.session);
    if (!known) return;
    if (!mayStay(known)) stream.session?.close();
    take(http2Exchange(stream, rawHeaders, known.client));
  });
  http2.on("sessionError", () => {});

  return {
    serve(socket, client, version) {
      sockets.add(socket);
      socket.once("close", () => sockets.delete(socket));
      arriving = { client, since: clock.now().getTime() };
      clients.set(socket, arriving);
      (version === "h2" ? http2 : http1).emit("connection", socket); // "session" is emitted within
    },
    limit(limits) {
      life = limits.life;
      const { idle } = limits;
      http1.keepAliveTimeout = idle;
      // A request that waits for its target is answered 504 after `idle`; only then may silence end the connection.
      http1.timeout = idle + ANSWER_TIME;
      http2.setTimeout(idle + ANSWER_TIME);
    },
    drain() {
      draining = true;
      http1.closeIdleConnections();
      for (const session of sessions) session.close();
    },
    close() {
      http1.close();
      for (const session of sessions) session.destroy();
      for (const socket of sockets) socket.destroy();
    },
  };
}

interface Known {
  readonly client: Client;
  readonly since: number;
}

/** Other protocols (h2c) are not spoken: such a request is answered as if it had not asked. */
function isWebSocket(request: IncomingMessage): boolean {
  return request.headers.upgrade?.toLowerCase() === "websocket" && request.method === "GET";
}

const MOST_HEADER_BYTES = 64 * 1024;
const HEADERS_TIMEOUT: Millis = 60 * SECOND;
const ANSWER_TIME: Millis = 5 * SECOND;
