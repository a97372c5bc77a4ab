import type { Exchange } from "#edge/http/exchange.ts";
import { answerStatus } from "#edge/http/own-answers.ts";
import { serveHttp1 } from "#edge/http1/server-connection.ts";
import { http1Target } from "#edge/http1/target-connection.ts";
import type { TargetFailure, TargetSocketHearer } from "#edge/targets/target-connection.ts";
import { between, chance, hasControls, mutated, pick, pieces, times } from "./draw.ts";
import type { Fuzzer, Outcome, Random } from "./fuzzer.ts";
import { CLIENT, FRAMING_ERRORS, FRAMING_TRAILER, NO_TIME, SETTINGS } from "./http1-requests.ts";
import { type Message, type Pairs, type Reading, read } from "./llhttp.ts";
import { memorySocket } from "./memory-socket.ts";

/**
 * Bytes of targets: what a client gets through us beside what llhttp makes of the same bytes. What we pass on as whole
 * must be whole to both and the same, and a connection that we would use again must be one that llhttp would, too.
 */
export const http1Responses: Fuzzer = {
  what: "answers of HTTP/1.1: what a client gets through us beside node:http's parser of clients",
  attempt(random) {
    const asked = {
      method: pick(random, ["GET", "GET", "GET", "HEAD", "POST"]),
      version: pick(random, ["1.1", "1.1", "1.0"]),
      upgrade: chance(random, 0.1),
    };
    const stream = drawStream(random);
    const cut = pieces(random, Buffer.from(stream, "latin1"));
    const ends = chance(random, 0.5);
    const ours = ask(asked, cut, ends);
    const bodyless = ({ status }: Message): boolean => asked.method === "HEAD" || status < 200;
    const theirs = read("response", cut, { ends, bodyless });
    const client = read("response", [Buffer.from(ours.sent, "latin1")], { ends: ours.clientEnded, bodyless });
    const outcome = compare(ours, client, theirs, stream);
    if (outcome === "same" || !("failure" in outcome)) return outcome;
    return {
      failure: [
        outcome.failure,
        `asked  ${JSON.stringify(asked)} ${ends ? "and the target ends" : ""}`,
        `bytes  ${JSON.stringify(stream)}`,
        `pieces ${cut.map(({ length }) => length).join(" ")}`,
        `ours   ${JSON.stringify(ours)}`,
        `theirs ${JSON.stringify(theirs)}`,
      ].join("\n"),
    };
  },
};

interface Asked {
  readonly method: string;
  readonly version: string;
  readonly upgrade: boolean;
}

interface Got {
  /** What the client was sent. */
  readonly sent: string;
  readonly clientEnded: boolean;
  /** The client's connection was cut off. */
  readonly brokenOff: boolean;
  /** Why the target's answer was not passed on. */
  readonly failed: TargetFailure["kind"] | undefined;
  readonly fault: string | undefined;
  readonly switched: boolean;
  /** Whether the target would be asked again on its connection. */
  readonly again: boolean;
}

/** Asks a target that answers with these bytes, on behalf of a client. */
function ask({ method, version, upgrade }: Asked, cut: readonly Buffer[], ends: boolean): Got {
  const client = memorySocket();
  const target = memorySocket();
  const state: { failed?: TargetFailure; switched: boolean } = { switched: false };
  let hearer: TargetSocketHearer | undefined;
  const connection = http1Target({
    socket: target.socket,
    hear: (who) => {
      hearer = who;
    },
  });
  const request = (exchange: Exchange): void => {
    const common = { method, path: "/", host: "a.test", scheme: "http", fields: [], bodyLength: 0 } as const;
    const wants = { upgrade: upgrade ? "websocket" : undefined, wantsTrailers: true };
    connection.send(
      { ...common, ...wants },
      {
        informed: (status, fields) => exchange.inform(status, fields),
        answered: (status, reason, fields, length) => exchange.respond(status, reason, fields, length),
        switched: () => {
          state.switched = true;
        },
        failed: (failure) => {
          state.failed = failure;
          answerStatus(exchange, 502);
        },
      },
    );
  };
  const served = serveHttp1(client.socket, CLIENT, () => SETTINGS, { request, refused: () => {} }, NO_TIME);
  const fields = "Host: a.test\r\nConnection: keep-alive\r\nTE: trailers\r\n";
  client.arrive(Buffer.from(`${method} / HTTP/${version}\r\n${fields}\r\n`));
  for (const piece of cut) {
    if (target.destroyed() || piece.length === 0) continue;
    SHARED.set(piece);
    hearer?.received(SHARED, piece.length);
    SHARED.fill(0x2a, 0, piece.length);
  }
  if (ends && !target.destroyed()) hearer?.ended();
  const got = {
    sent: client.written(),
    clientEnded: client.ended(),
    brokenOff: client.destroyed() && !client.ended(),
    failed: state.failed?.kind,
    fault: state.failed?.error.message,
    switched: state.switched,
    again: connection.room === 1 && !target.destroyed(),
  };
  served.destroy();
  return got;
}

function compare(ours: Got, client: Reading, theirs: Reading, stream: string): Outcome {
  if (client.error !== undefined) return { failure: `a client would refuse it: ${client.error}` };
  if (ours.switched) return theirs.messages.at(-1)?.status === 101 ? "same" : { failure: "a switch to us alone" };
  const [final, ...more] = client.messages.filter(({ status }) => status >= 200);
  if (more.length > 0) return { failure: "a client would find two answers" };
  const answer = theirs.messages.find(({ status }) => status >= 200);
  const switches = theirs.messages.some(({ status, upgrade }) => status === 101 || upgrade);
  if (ours.failed !== undefined) {
    if (answer?.whole !== true || switches || (theirs.error !== undefined && theirs.messages.at(-1) === answer))
      return "same";
    const why = refusedFor(answer, theirs.messages, stream);
    return why === undefined ? { failure: "accepted by them alone" } : { allowed: `refused: ${why}` };
  }
  if (final === undefined || (answer?.whole && !final.whole)) {
    if (!answer?.whole || switches) return "same";
    return ours.brokenOff ? { allowed: "refused: chunks" } : { failure: "whole to them alone" };
  }
  if (answer === undefined) {
    // Llhttp takes the connection for closed behind an interim answer that says so, we behind the final one.
    return theirs.error === "HPE_CLOSED_CONNECTION" && theirs.messages.at(-1)?.keepAlive === false && !ours.again
      ? { allowed: "accepted: behind an interim answer that closes" }
      : { failure: "accepted by us alone" };
  }
  // A tab behind a value is white space (RFC 9110 section 5.6.3); to llhttp it makes another coding of `chunked`.
  if (/transfer-encoding:[ \t]*chunked[ \t]*\t/i.test(stream)) return { allowed: "accepted: tab behind a coding" };
  const difference = differs(final, answer);
  if (difference !== undefined) return { failure: `differs: ${difference}` };
  if (final.whole && !answer.whole) {
    // Framing among trailers means nothing (RFC 9110 section 6.5.1), and is not passed on.
    return theirs.error !== undefined && FRAMING_ERRORS.has(theirs.error) && FRAMING_TRAILER.test(stream)
      ? { allowed: "accepted: framing among trailers" }
      : { failure: "whole to us alone" };
  }
  const unexpected = theirs.messages.at(-1) !== answer || theirs.error !== undefined;
  if (ours.again && (!answer.keepAlive || unexpected)) return { failure: "used again by us alone" };
  return "same";
}

function differs(final: Message, answer: Message): string | undefined {
  if (final.status !== answer.status) return "status";
  if (answer.reason !== "" && final.reason !== answer.reason) return "reason";
  const [got, meant] = [endToEnd(final.fields), endToEnd(answer.fields)].map((pairs) => JSON.stringify(pairs));
  if (got !== meant) return `fields ${got} ${meant}`;
  const both = Math.min(final.body.length, answer.body.length);
  if (final.body.slice(0, both) !== answer.body.slice(0, both)) return "body";
  if (final.whole && answer.whole && final.body.length !== answer.body.length) return "length of the body";
  return undefined;
}

/** What of a head is passed on, found in another way than ours. */
function endToEnd(fields: Pairs): Pairs {
  const named = fields
    .filter(([name]) => name.toLowerCase() === "connection")
    .flatMap(([, value]) => value.toLowerCase().split(","))
    .map((option) => option.replace(/^[ \t]+|[ \t]+$/g, ""));
  return fields.filter(([name]) => !HOP.has(name.toLowerCase()) && !named.includes(name.toLowerCase()));
}

/** What RFC 9112 forbids and llhttp lets pass. */
function refusedFor(message: Message, messages: readonly Message[], stream: string): string | undefined {
  const { fields, version, reason } = message;
  const values = (key: string): string[] =>
    fields.filter(([name]) => name.toLowerCase() === key).map(([, value]) => value.toLowerCase());
  const codings = values("transfer-encoding");
  if (codings.length > 0 && version === "1.0") return "Transfer-Encoding in HTTP/1.0";
  if (codings.length > 1 || codings.some((coding) => coding !== "chunked")) return "transfer coding";
  if (codings.length > 0 && values("content-length").length > 0) return "Transfer-Encoding and Content-Length";
  if (values("content-length").some((length) => !/^\d{1,16}$/.test(length))) return "Content-Length";
  if (version !== "1.0" && version !== "1.1") return "version";
  if (fields.some(([name]) => LOOKALIKES.has(name.toLowerCase().replace(/[^a-z0-9]/g, "")))) {
    return "name that looks like framing";
  }
  if (messages.some((one) => one.status < 200 && one.fields.some(([name]) => FRAMING.has(name.toLowerCase())))) {
    return "interim answer with a length";
  }
  if (messages.some(({ status }) => status < 100)) return "status below 100";
  if (hasControls(reason)) return "control character in a reason";
  if (/(^|\r\n\r\n)[\r\n]+HTTP/.test(stream)) return "empty line before an answer";
  if (messages.some((one) => one !== message && refusedFor(one, [], "") !== undefined)) return "an interim answer";
  return undefined;
}

function drawStream(random: Random): string {
  const interims = times(chance(random, 0.15) ? between(random, 1, 2) : 0, () => drawInterim(random));
  const stream = `${interims.join("")}${drawAnswer(random)}${chance(random, 0.1) ? drawAnswer(random) : ""}`;
  return chance(random, 0.5) ? mutated(random, stream) : stream;
}

function drawInterim(random: Random): string {
  return pick(random, [
    "HTTP/1.1 100 Continue\r\n\r\n",
    "HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n",
    "HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: websocket\r\n\r\n",
    "HTTP/1.1 102 Processing\r\nContent-Length: 5\r\n\r\n",
  ]);
}

function drawAnswer(random: Random): string {
  const odd = (of: number): boolean => chance(random, of);
  const first = odd(0.85) ? pick(random, STATUS_LINES) : pick(random, ODD_STATUS_LINES);
  const lines = times(between(random, 0, 3), () => pick(random, odd(0.85) ? FIELDS : ODD_FIELDS));
  const kind = random();
  let body = "";
  if (kind < 0.35) {
    body = pick(random, BODIES);
    lines.push(`Content-Length: ${odd(0.93) ? body.length : pick(random, LENGTHS)}`);
  } else if (kind < 0.7) {
    lines.push(odd(0.92) ? "Transfer-Encoding: chunked" : pick(random, CODINGS));
    body = drawChunks(random);
  } else body = pick(random, BODIES);
  if (odd(0.05)) lines.push("Content-Length: 5");
  if (odd(0.04)) lines.push(pick(random, CODINGS));
  return `${first}\r\n${lines.map((line) => `${line}\r\n`).join("")}\r\n${body}`;
}

function drawChunks(random: Random): string {
  const chunks = times(between(random, 0, 3), () => {
    const piece = pick(random, BODIES.slice(1));
    const size = chance(random, 0.95) ? piece.length.toString(16) : pick(random, SIZES);
    return `${size}${chance(random, 0.9) ? "" : ";a=b"}\r\n${piece}${chance(random, 0.97) ? "\r\n" : "\n"}`;
  });
  const trailers = chance(random, 0.8) ? "" : `${pick(random, [...FIELDS, ...ODD_FIELDS])}\r\n`;
  return `${chunks.join("")}0\r\n${trailers}\r\n`;
}

const SHARED: Buffer = Buffer.alloc(64 * 1024);
const HOP: ReadonlySet<string> = new Set([
  "connection",
  "content-length",
  "keep-alive",
  "proxy-connection",
  "te",
  "transfer-encoding",
  "upgrade",
]);
const FRAMING: ReadonlySet<string> = new Set(["content-length", "transfer-encoding"]);
const LOOKALIKES: ReadonlySet<string> = new Set(["contentlength", "transferencoding"]);
const STATUS_LINES = [
  "HTTP/1.1 200 OK",
  "HTTP/1.1 200 OK",
  "HTTP/1.1 404 Not Found",
  "HTTP/1.1 204 No Content",
  "HTTP/1.1 304 Not Modified",
  "HTTP/1.0 200 OK",
  "HTTP/1.1 207 ",
  "HTTP/1.1 503",
];
const ODD_STATUS_LINES = [
  "HTTP/1.1 2000 OK",
  "HTTP/1.1 20 OK",
  "HTTP/1.1  200 OK",
  "HTTP/1.1 200 \xe4",
  "HTTP/1.1 200 a\x01b",
  "HTTP/1.1 200 a\rb",
  "HTTP/1.1 999 x",
  "HTTP/1.1 099 x",
  "HTTP/2.0 200 OK",
  "HTTP/0.9 200 OK",
  "http/1.1 200 OK",
  "200 OK",
  "HTTP/1.1 -20 OK",
  "\r\nHTTP/1.1 200 OK",
  "HTTP/1.1\t200 OK",
  "HTTP/1.1 200 OK ",
  "HTTP/1.2 200 OK",
  "HTTP/1.1 101 Switching Protocols",
  "HTTP/1.1 199 x",
  "ICY 200 OK",
  "HTTP/1.1 200OK",
  "HTTP/1.1 200 a\0b",
];
const FIELDS = [
  "Server: x",
  "Set-Cookie: a=1",
  "Set-Cookie: b=2",
  "Date: Sun, 22 Nov 2026 13:12:37 GMT",
  "X-U: \xe4\xf6",
  "Empty:",
  "Host: x",
  "Connection: keep-alive",
];
const ODD_FIELDS = [
  "Connection: close",
  "Connection: x-a, close",
  "X-A: 1",
  " folded",
  "no colon",
  "X A: 1",
  "X-A : 1",
  "X-C: a\x01b",
  "X-N: a\0b",
  "X-R: a\rb",
  "X-L: a\nb",
  "Connection: Upgrade\r\nUpgrade: websocket",
  "Content_Length: 5",
  "Transfer-Encoding : chunked",
  "TE: x",
  "Trailer: x",
  "Keep-Alive: timeout=5",
  "Content-Length: 0",
];
const BODIES = ["", "a", "hello", "HTTP/1.1 200 OK\r\nContent-Length: 0\r\n\r\n", "0\r\n\r\n", "x".repeat(50)];
const LENGTHS = ["0", "3", "+5", "-1", "0x5", "5,5", "5 5", "", "05", "99999999999999999999", "6"];
const CODINGS = [
  "Transfer-Encoding: Chunked",
  "Transfer-Encoding: identity",
  "Transfer-Encoding: gzip, chunked",
  "Transfer-Encoding: gzip",
  "Transfer-Encoding: chunked, gzip",
  "Transfer-Encoding: chunked\r\nTransfer-Encoding: chunked",
  "Transfer-Encoding: xchunked",
  "Transfer-Encoding:\vchunked",
  "Transfer-Encoding:",
];
const SIZES = ["0x5", "+5", "ffffffffffffffff", "5 ", " 5", "", "g", "1", "05"];
