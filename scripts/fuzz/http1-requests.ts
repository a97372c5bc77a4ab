import type { ConnectionDeps, ConnectionSettings, RefusedRequest } from "#edge/http/connection.ts";
import type { Client, Exchange } from "#edge/http/exchange.ts";
import { serveHttp1 } from "#edge/http1/server-connection.ts";
import { http1Target } from "#edge/http1/target-connection.ts";
import { hasControls, pieces } from "./draw.ts";
import type { Fuzzer, Outcome } from "./fuzzer.ts";
import { drawRequests } from "./http1-draw.ts";
import { type Message, type Pairs, read } from "./llhttp.ts";
import { memorySocket } from "./memory-socket.ts";

/**
 * Bytes of clients: what our server takes for requests beside what llhttp does. A request that we accept must be read in
 * the same way by both, and what we hand on to a target must be one request to llhttp, whatever came.
 */
export const http1Requests: Fuzzer = {
  what: "requests of HTTP/1.1: our server beside node:http's parser, and what a target is sent beside it again",
  attempt(random) {
    const stream = drawRequests(random);
    const cut = pieces(random, Buffer.from(stream, "latin1"));
    const ours = serve(cut, stream);
    const theirs = read("request", cut);
    const outcome = compare(ours, theirs.messages, theirs.error);
    if (outcome === "same" || !("failure" in outcome)) return outcome;
    return {
      failure: [
        outcome.failure,
        `bytes  ${JSON.stringify(stream)}`,
        `pieces ${cut.map(({ length }) => length).join(" ")}`,
        `ours   ${JSON.stringify(ours)}`,
        `theirs ${JSON.stringify(theirs)}`,
      ].join("\n"),
    };
  },
};

interface Served {
  readonly requests: readonly Request[];
  readonly refused: Pick<RefusedRequest, "status" | "desync" | "line"> | undefined;
  readonly closed: boolean;
}

interface Request {
  readonly method: string;
  readonly target: string;
  readonly host: string | undefined;
  readonly version: string;
  readonly fields: Pairs;
  readonly upgrade: string | undefined;
  readonly last: boolean;
  /** Whether the client sent fields among trailers that tell a length. */
  readonly framingAmongTrailers: boolean;
  /** ALB calls it `NonCompliantHeader`, if nothing worse. */
  readonly unusual: boolean;
  body: string;
  trailers: Pairs;
  whole: boolean;
  /** What a target was sent. */
  readonly forwarded: () => string;
}

/** Serves the bytes, handing every request on to a target of its own. */
function serve(cut: readonly Buffer[], stream: string): Served {
  const requests: Request[] = [];
  let refused: Served["refused"];
  const client = memorySocket();
  const handler = {
    request(exchange: Exchange) {
      const target = memorySocket();
      const sent = http1Target({ socket: target.socket, hear: () => {} }).send(
        {
          method: exchange.method,
          path: exchange.target,
          host: exchange.host ?? "none",
          scheme: "http",
          fields: exchange.fields,
          bodyLength: exchange.bodyLength,
          upgrade: exchange.upgrade,
          wantsTrailers: exchange.takesTrailers,
          ...(exchange.last === undefined ? {} : { last: exchange.last }),
        },
        { informed: () => {}, answered: () => sent.body, switched: () => {}, failed: () => {} },
      );
      const request: Request = {
        method: exchange.method,
        target: exchange.target,
        host: exchange.host,
        version: exchange.version,
        fields: exchange.fields.map(({ name, value }) => [name, value] as const),
        upgrade: exchange.upgrade,
        last: exchange.last === true,
        framingAmongTrailers: FRAMING_TRAILER.test(stream),
        unusual: exchange.desync.reason === "NonCompliantHeader",
        body: "",
        trailers: [],
        whole: false,
        forwarded: target.written,
      };
      requests.push(request);
      exchange.readBody({
        write(piece) {
          request.body += Buffer.from(piece).toString("latin1");
          return sent.body.write(piece);
        },
        end(trailers = []) {
          request.whole = true;
          request.trailers = trailers.map(({ name, value }) => [name, value] as const);
          sent.body.end(trailers);
          exchange.respond(200, undefined, [], 0).end();
        },
        abort: () => sent.body.abort(),
        drained: () => {},
      });
    },
    refused({ status, desync, line }: RefusedRequest) {
      refused = { status, desync, line };
    },
  };
  const connection = serveHttp1(client.socket, CLIENT, () => SETTINGS, handler, NO_TIME);
  for (const piece of cut) client.arrive(piece);
  const closed = client.ended() || client.destroyed();
  connection.destroy();
  return { requests, refused, closed };
}

function compare(ours: Served, theirs: readonly Message[], error: string | undefined): Outcome {
  for (const [i, request] of ours.requests.entries()) {
    const message = theirs[i];
    const bad = forwardedBadly(request);
    if (bad !== undefined) return { failure: bad };
    if (message === undefined) {
      const excuse = ACCEPTED_ALONE.find(({ applies }) => applies(request, error, theirs.at(-1)));
      if (!excuse) return { failure: `request ${i} is accepted by us alone` };
      // From here on the two are out of step.
      return { allowed: excuse.name };
    }
    const difference = differs(request, message);
    if (difference !== undefined) return { failure: `request ${i} differs: ${difference}` };
    if (request.whole && !message.whole) {
      const excuse = ACCEPTED_ALONE.find(({ applies }) => applies(request, error, undefined));
      return excuse ? { allowed: excuse.name } : { failure: `the body of request ${i} is whole to us alone` };
    }
    // What follows is another protocol to llhttp, and none to us: nobody was let.
    if (message.upgrade) return i + 1 === ours.requests.length ? "same" : { allowed: "not heard: behind an upgrade" };
  }
  if (theirs.length > ours.requests.length) {
    const name = refusal(ours, theirs[ours.requests.length]);
    return name === undefined
      ? { failure: `request ${ours.requests.length} is accepted by them alone` }
      : { allowed: name };
  }
  const [mine, their] = [ours.requests.at(-1), theirs.at(-1)];
  if (!mine || !their?.whole || mine.whole) return "same";
  return ours.closed ? { allowed: "refused: chunks" } : { failure: "the last body is whole to them alone" };
}

/** How a request that both accept is not the same to both. */
function differs(request: Request, message: Message): string | undefined {
  if (request.method !== message.method) return "method";
  if (request.version !== message.version) return "version";
  const asked = targetOf(message.url, message.method);
  if (request.target !== asked.target) return `target ${JSON.stringify(asked.target)}`;
  const host = asked.authority ?? message.fields.find(([name]) => name.toLowerCase() === "host")?.[1];
  if (request.host !== host) return `host ${JSON.stringify(host)}`;
  const fields = endToEnd(message.fields);
  if (JSON.stringify(request.fields) !== JSON.stringify(fields)) return `fields ${JSON.stringify(fields)}`;
  const both = Math.min(request.body.length, message.body.length);
  if (request.body.slice(0, both) !== message.body.slice(0, both)) return "body";
  if (request.whole && message.whole && request.body.length !== message.body.length) return "length of the body";
  if (request.whole && message.whole && request.trailers.some(([name, value]) => !has(message.trailers, name, value))) {
    return "trailers";
  }
  return undefined;
}

function has(pairs: Pairs, name: string, value: string): boolean {
  return pairs.some((pair) => pair[0] === name && pair[1] === value);
}

/** What of a head is passed on, found in another way than ours. */
function endToEnd(fields: Pairs): Pairs {
  const named = fields
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.toLowerCase().split(","))
    .map((option) => option.replace(/^[ \t]+|[ \t]+$/g, ""));
  return fields.filter(([name]) => {
    const key = name.toLowerCase();
    const letters = key.replace(/[^a-z0-9]/g, "");
    if (letters === "contentlength" && key.length >= 14) return false;
    if (letters === "transferencoding" && key.length >= 17) return false;
    return !NOT_PASSED_ON.has(key) && !named.includes(key);
  });
}

/** The target of a request line in the origin form, found in another way than ours. */
function targetOf(url: string, method: string): { target: string; authority: string | undefined } {
  const [, authority, path = ""] = /^https?:\/\/([^/?]*)(.*)$/is.exec(url) ?? [];
  if (authority === undefined) return { target: url, authority };
  if (path === "") return { target: method === "OPTIONS" ? "*" : "/", authority };
  return { target: path.startsWith("/") ? path : `/${path}`, authority };
}

/** Whatever came, a target must find exactly one request in what it is sent, and the same one. */
function forwardedBadly(request: Request): string | undefined {
  const bytes = Buffer.from(request.forwarded(), "latin1");
  const { messages, error } = read("request", [bytes]);
  // What Node.js would refuse is safe; it does not know every method, and not what ALB passes on.
  const knowable = KNOWN_METHODS.has(request.method) && !isUnusual(request);
  if (error !== undefined) return knowable && request.whole ? `a target would refuse it: ${error}` : undefined;
  if (messages.length !== 1) return `a target would find ${messages.length} requests`;
  const [message] = messages;
  if (message === undefined || message.method !== request.method || message.url !== request.target) {
    return "a target would find another request";
  }
  if (message.whole !== request.whole && request.upgrade === undefined) return "a target would find another end";
  return message.body === request.body ? undefined : "a target would find another body";
}

/** Whether a request has bytes that llhttp refuses and ALB passes on: they are no part of any framing. */
function isUnusual({ target, fields }: Request): boolean {
  return NOT_ASCII.test(target) || fields.some(([, value]) => hasControls(value));
}

/** What we accept and llhttp does not. Each is framed anew, and what is ambiguous is the last of its connections. */
const ACCEPTED_ALONE: readonly {
  readonly name: string;
  readonly applies: (request: Request, error: string | undefined, before: Message | undefined) => boolean;
}[] = [
  // Framing among trailers means nothing (RFC 9110 section 6.5.1), and is not passed on.
  {
    name: "accepted: framing among trailers",
    applies: ({ framingAmongTrailers }, error) =>
      error !== undefined && framingAmongTrailers && FRAMING_ERRORS.has(error),
  },
  // Any token is a method to RFC 9110 section 9.1, and to ALB; llhttp knows IANA's.
  { name: "accepted: method that llhttp does not know", applies: ({ method }) => !KNOWN_METHODS.has(method) },
  // ALB passes control characters in values on (NonCompliantHeader); never NUL, CR or LF.
  {
    name: "accepted: control character in a value",
    applies: (request, error) => error === "HPE_INVALID_HEADER_TOKEN" && (isUnusual(request) || request.unusual),
  },
  // ALB takes bytes above ASCII in targets for compliant.
  {
    name: "accepted: target beyond ASCII",
    applies: ({ target }, error) => error === "HPE_INVALID_URL" && NOT_ASCII.test(target),
  },
  // ALB takes these in its defensive mode, and both connections end behind them.
  { name: "accepted: ambiguous, and the last of its connections", applies: ({ last }) => last },
  // Llhttp obeys a `Connection: close` that stands among trailers, where it means nothing (RFC 9110 section 6.5.1).
  {
    name: "accepted: behind `Connection: close` among trailers",
    applies: (_, error, before) =>
      error === "HPE_CLOSED_CONNECTION" &&
      before?.trailers.some(([name]) => name.toLowerCase() === "connection") === true,
  },
];

/** Why we refuse, or no longer hear, what llhttp accepts. It is the safe direction, and yet each has its reason. */
function refusal({ refused, closed, requests }: Served, message: Message | undefined): string | undefined {
  if (refused && message) {
    const { reason } = refused.desync;
    if (reason !== undefined) return REFUSED_FOR.has(reason) ? `refused: ${reason}` : undefined;
    const why = refusedFor(message);
    return why && `refused: ${why}`;
  }
  if (!closed) return undefined;
  return requests.at(-1)?.whole === false ? "refused: chunks" : "not heard: behind the last of a connection";
}

/**
 * ALB's reasons for what llhttp lets pass: methods and targets in lower case or with odd characters, Transfer-Encoding in
 * HTTP/1.0, codings beside chunked, and versions that llhttp knows and this connection does not speak.
 */
const REFUSED_FOR: ReadonlySet<string> = new Set([
  "AmbiguousUri",
  "BadContentLength",
  "BadHeader",
  "BadMethod",
  "BadTransferEncoding",
  "BadUri",
  "BadVersion",
  "MultipleContentLength",
  "MultipleTransferEncodingChunked",
  "NonCompliantVersion",
  "SpaceInUri",
  "SuspiciousHeader",
  "UndefinedTransferEncodingSemantics",
]);

/** What else RFC 9112 and 9110 want of a head, which llhttp leaves to node:http or to nobody. */
function refusedFor({ method, url, fields, version }: Message): string | undefined {
  // Llhttp takes a first line without a version for one, even if it ends with LF alone.
  if (version === "0.9") return "HTTP/0.9";
  const hosts = fields.filter(([name]) => name.toLowerCase() === "host").map(([, value]) => value);
  const codings = fields.filter(([name]) => name.toLowerCase() === "transfer-encoding");
  const [, authority] = /^https?:\/\/([^/?]*)/i.exec(url) ?? [];
  if (method === "CONNECT" || method === "TRACE") return method;
  if (hosts.length !== 1) return "not one Host";
  if (!hosts.every((host) => AUTHORITY.test(host))) return "no valid Host";
  if (authority !== undefined && !AUTHORITY.test(authority)) return "no valid authority";
  if (authority === undefined && !url.startsWith("/")) return "no valid target";
  if (codings.some(([, value]) => value.toLowerCase() !== "chunked")) return "transfer coding";
  return undefined;
}

export const CLIENT: Client = {
  address: "192.0.2.1",
  port: 1,
  localAddress: "192.0.2.2",
  localPort: 80,
  scheme: "http",
  listenerPort: 80,
  connectionId: "TID_fuzz",
};
export const SETTINGS: ConnectionSettings = { idle: 60_000, life: 3_600_000, desync: "defensive" };
export const NO_TIME: ConnectionDeps = { clock: { now: () => new Date(0) }, timers: { after: () => () => {} } };
const NOT_PASSED_ON: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "expect",
  "host",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);
const KNOWN_METHODS: ReadonlySet<string> = new Set(
  "ACL BIND CHECKOUT COPY DELETE GET HEAD LINK LOCK M-SEARCH MERGE MKACTIVITY MKCALENDAR MKCOL MOVE NOTIFY OPTIONS PATCH POST PROPFIND PROPPATCH PURGE PUT QUERY REBIND REPORT SEARCH SOURCE SUBSCRIBE UNBIND UNLINK UNLOCK UNSUBSCRIBE".split(
    " ",
  ),
);
export const FRAMING_ERRORS: ReadonlySet<string> = new Set([
  "HPE_INVALID_CONTENT_LENGTH",
  "HPE_INVALID_TRANSFER_ENCODING",
  "HPE_UNEXPECTED_CONTENT_LENGTH",
]);
export const FRAMING_TRAILER: RegExp = /\n0+(;[^\r]*)?\r\n([^\r\n]+\r\n)*(content-length|transfer-encoding):/i;
const AUTHORITY = /^([\w.~%!$&'()*+,;=-]+|\[[\w.~%!$&'()*+,;=:-]+\])(:\d*)?$/;
const NOT_ASCII = /[\x80-\xff]/;
