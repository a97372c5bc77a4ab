import { createServer, type IncomingMessage, type Server, type ServerOptions, type ServerResponse } from "node:http";
import { createServer as createTlsServer, type ServerOptions as TlsServerOptions } from "node:https";
import type { Duplex } from "node:stream";
import { MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import type { Call, Reply } from "./call.ts";
import { receive } from "./http-call.ts";

/** Something other than an AWS API on the same port; undefined when the path is none of its own. */
export type Pages = (call: Call) => Promise<Reply | undefined>;

export interface HttpServerDeps {
  /** The gateway. */
  readonly answer: (call: Call) => Promise<Reply>;
  /** Asked one after the other before the gateway; never for "/". */
  readonly pages?: readonly Pages[];
  /** Takes over a connection whose request asks for it below `/_sealkeeper/`; elsewhere an Upgrade header means nothing. */
  readonly upgrade?: (request: IncomingMessage, socket: Duplex, head: Buffer) => void;
  readonly ids: Ids;
  /** Bytes that a body may have, also when inflated. 1 MB unless told. */
  readonly bodyLimit?: number;
  /** Told of failures that are nobody's answer. */
  readonly onError: (error: unknown, requestId: string) => void;
}

export interface HttpServer {
  /** Listens by itself, or takes sockets by `emit("connection", socket)`. */
  readonly server: Server;
  /** Takes nothing new, lets what runs finish, and closes every connection; the rest after `grace`. */
  readonly stop: (grace?: Millis) => Promise<void>;
}

/** The HTTP side of the front door; with `tls`, HTTPS. */
export function httpServer(deps: HttpServerDeps, tls?: TlsServerOptions): HttpServer {
  let stopping = false;
  const running = new Set<Promise<void>>();
  const serve = (request: IncomingMessage, response: ServerResponse): void => {
    if (stopping) response.setHeader("connection", "close");
    const work = respond(request, response, deps).finally(() => running.delete(work));
    running.add(work);
  };
  const options = { ...LIMITS, shouldUpgradeCallback: (request: IncomingMessage) => mayUpgrade(request, deps) };
  const server: Server = tls
    ? createTlsServer({ ...tls, ...options, handshakeTimeout: HANDSHAKE }, serve)
    : createServer(options, serve);
  server.timeout = IDLE;
  server.on("clientError", (error: NodeJS.ErrnoException, socket) => refuse(error, socket, deps.ids));
  server.on("upgrade", (request, socket, head) => {
    request.socket.setTimeout(0);
    socket.on("error", () => socket.destroy()); // Node has let go of it: an error that nobody hears would end the process
    deps.upgrade?.(request, socket, head);
  });
  // Node checks its header and request time-outs from here on, also for sockets that another listener hands over.
  server.emit("listening");
  return {
    server,
    async stop(grace = GRACE) {
      stopping = true;
      server.close(() => {});
      server.closeIdleConnections();
      const timer = Promise.withResolvers<void>();
      const alarm = setTimeout(timer.resolve, grace);
      await Promise.race([timer.promise, Promise.all(running)]);
      clearTimeout(alarm);
      server.closeAllConnections();
    },
  };
}

/** Lets nobody in who asked for an upgrade. Who does not close its side is not waited for. */
export function refuseUpgrade(socket: Duplex, status: "403 Forbidden" | "410 Gone"): void {
  socket.end(`HTTP/1.1 ${status}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`, () => socket.destroy());
}

/** Answers one request; never rejects. */
async function respond(request: IncomingMessage, response: ServerResponse, deps: HttpServerDeps): Promise<void> {
  try {
    const call = await receive(request, deps.bodyLimit ?? MEGABYTE);
    const page = call.path === "/" || call.refusal ? undefined : await firstPage(call, deps);
    await send(page ?? (await deps.answer(call)), response, !request.complete);
  } catch (error) {
    if (request.destroyed && !request.complete) return void response.destroy(); // the client went away
    const requestId = deps.ids.uuid();
    deps.onError(error, requestId);
    if (response.headersSent) return void response.destroy();
    await send({ status: 500, headers: { "x-amzn-requestid": requestId } }, response, true);
  }
}

async function firstPage(call: Call, { pages = [], ids }: HttpServerDeps): Promise<Reply | undefined> {
  for (const page of pages) {
    const reply = await page(call);
    if (reply) return { ...reply, headers: { "x-amzn-requestid": ids.uuid(), ...reply.headers } };
  }
  return undefined;
}

/** Resolves when the answer is out, or the client is gone. */
function send(
  { status, headers, links = [], body = "" }: Reply,
  response: ServerResponse,
  last: boolean,
): Promise<void> {
  const { promise, resolve } = Promise.withResolvers<void>();
  response.on("close", resolve);
  const length = status === 204 || status === 304 ? {} : { "content-length": Buffer.byteLength(body) };
  const more = { ...(links.length > 0 && { link: [...links] }), ...(last && { connection: "close" }) };
  response.writeHead(status, { ...headers, ...length, ...more });
  response.end(body);
  return promise;
}

function mayUpgrade({ url }: IncomingMessage, { upgrade }: HttpServerDeps): boolean {
  return upgrade !== undefined && (url?.startsWith("/_sealkeeper/") ?? false);
}

/** What is no HTTP, or too slow, gets a plain answer: no protocol can be made out. */
function refuse(error: NodeJS.ErrnoException, socket: Duplex, ids: Ids): void {
  if (error.code === "ECONNRESET" || !socket.writable) return void socket.destroy();
  const status = STATUS[error.code ?? ""] ?? "400 Bad Request";
  socket.end(`HTTP/1.1 ${status}\r\nx-amzn-requestid: ${ids.uuid()}\r\nconnection: close\r\ncontent-length: 0\r\n\r\n`);
}

const STATUS: Readonly<Record<string, string>> = {
  ERR_HTTP_REQUEST_TIMEOUT: "408 Request Timeout",
  HPE_HEADER_OVERFLOW: "431 Request Header Fields Too Large",
};
const MEGABYTE = 2 ** 20;
const LIMITS: ServerOptions = {
  headersTimeout: 10 * SECOND,
  requestTimeout: 30 * SECOND,
  keepAliveTimeout: MINUTE,
  connectionsCheckingInterval: SECOND,
};
const HANDSHAKE: Millis = 10 * SECOND;
/** A connection on which nothing moves, in the middle of a request or an answer. */
const IDLE: Millis = MINUTE;
const GRACE: Millis = 10 * SECOND;
