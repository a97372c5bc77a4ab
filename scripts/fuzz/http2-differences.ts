import { FRAME } from "#edge/http2/frame.ts";
import type { ClientFrames, Verdict } from "./http2-verdict.ts";

/** What both made of a round, and the stream that they do not agree on; undefined when it is about the connection. */
export interface Difference {
  readonly ours: Verdict;
  readonly theirs: Verdict;
  readonly stream: number | undefined;
  readonly said: ClientFrames;
}

/** Where we may differ from nghttp2, and why: the only copy, which the decision record repeats in words. */
export const ALLOWED: Readonly<Record<string, (difference: Difference) => boolean>> = {
  "both end the connection, with another code": ({ ours, theirs }) => bothGo(ours, theirs),
  "we judge frames and blocks when they are whole": ({ ours, theirs, stream, said }) =>
    said.unfinished && !ours.goaway && (theirs.goaway !== undefined || isUnheard(ours, stream)),
  "DATA is counted when its frame is whole": ({ ours, theirs, stream, said }) =>
    said.unfinished && isPrefix(ours, theirs, stream),

  // Narrower: RFC 9113 wants the stream to end, nghttp2 ends the connection.
  "STREAM_CLOSED of a stream, not of the connection; what comes behind our RST_STREAM is ignored (5.1)": ({
    ours,
    theirs,
  }) => hasEnded(ours) && theirs.goaway === "STREAM_CLOSED",
  "node:http2 ends the connection with INTERNAL_ERROR, nghttp2 would have ended the stream": ({ ours, theirs }) =>
    hasEnded(ours) && theirs.goaway === "INTERNAL_ERROR",
  "node:http2 ends the connection for the answer to a PING that it did not send": ({ ours, theirs, said }) =>
    ours.goaway === undefined &&
    theirs.goaway === "INTERNAL_ERROR" &&
    said.frames.some(({ type, flags }) => type === FRAME.ping && (flags & 1) === 1),
  "of a stream that its client resets node:http2 tells less": ({ ours, theirs, stream = 0, said }) =>
    isPrefix(theirs, ours, stream) && said.frames.some((one) => one.type === FRAME.rstStream && one.stream === stream),
  "FLOW_CONTROL_ERROR of a stream, not of the connection (6.9.1)": ({ ours, theirs }) =>
    resets(ours, "FLOW_CONTROL_ERROR") && theirs.goaway === "FLOW_CONTROL_ERROR",
  "WINDOW_UPDATE that is wrong ends its stream, if that is still open, not the connection (6.9, 6.9.1)": ({
    ours,
    theirs,
  }) => ours.goaway === undefined && WRONG_UPDATES.has(theirs.reason),

  // Laxer: means nothing to a server that pushes nothing, and clients put all sorts of numbers there.
  "the last stream of a client's GOAWAY is not judged (6.8)": ({ ours, theirs }) =>
    ours.goaway === undefined && theirs.reason === "GOAWAY: invalid last_stream_id",

  "behind a client's GOAWAY what is open goes on, where node:http2 says GOAWAY, too (6.8)": ({ ours, theirs, said }) =>
    ours.goaway === undefined && theirs.goaway === "NO_ERROR" && said.frames.some(({ type }) => type === FRAME.goaway),

  // Stricter, connection.
  "frames on streams that were passed over (5.1.1)": ({ ours }) =>
    ours.goaway === "PROTOCOL_ERROR" && ours.reason.endsWith("passed over"),
  "DATA with wrong padding, on a stream that is closed (6.1)": ({ ours, theirs }) =>
    theirs.goaway === undefined && WRONG_PADDING.has(ours.reason),
  "PRIORITY on stream 0 (6.3)": ({ ours }) => ours.reason === "PRIORITY on stream 0",
  "HEADERS on a stream that is closed (5.1)": ({ ours }) => ours.goaway === "STREAM_CLOSED",

  "a stream that depends on itself, where nghttp2 does not look (RFC 7540 5.3.1)": ({ ours }) =>
    ours.reason === "a stream that depends on itself",
  "SETTINGS of a forbidden value, though the same frame takes it back (6.5.3)": ({ ours, theirs }) =>
    theirs.goaway === undefined && / of (this value|more than 2\^31-1)$/.test(ours.reason),

  // Stricter, stream.
  "DATA on a stream that is closed (5.1)": ({ ours, stream = 0 }) => ours.resets.get(stream) === "STREAM_CLOSED",
  "content-length or host in trailers (RFC 9110 6.5.1)": on((fields) =>
    fields.some(([name]) => name === "content-length" || name === "host"),
  ),
  "a field that is malformed is not left out, its request is refused (8.2.1)": on((fields) =>
    fields.some(([name, value]) => !NAME.test(name) || !isValue(value)),
  ),
  "host that differs from :authority, or comes twice (8.3.1)": on((fields) => {
    const hosts = fields.filter(([name]) => name === "host").map(([, value]) => value.toLowerCase());
    const authority = fields.find(([name]) => name === ":authority")?.[1].toLowerCase();
    return hosts.length > 1 || (hosts.length === 1 && authority !== undefined && authority !== hosts[0]);
  }),
  "CONNECT has no :scheme and no :path (8.5)": on((fields) =>
    fields.some(([name, value]) => name === ":method" && value === "CONNECT"),
  ),
  "a :path begins with a slash (8.3.1)": on((fields) =>
    fields.some(([name, value]) => name === ":path" && !value.startsWith("/")),
  ),
  "answered by ourselves with a status (400, 405, 414, 431)": ({ ours, stream = 0 }) => ours.answers.has(stream),
};

function bothGo(ours: Verdict, theirs: Verdict): boolean {
  return ours.goaway !== undefined && theirs.goaway !== undefined;
}

function resets({ resets: all, goaway }: Verdict, code: string): boolean {
  return goaway === undefined && [...all.values()].includes(code);
}

/** RFC 9113 section 8.2.1, and no other control characters, in words of our own. */
function isValue(value: string): boolean {
  const codes = Array.from(value, (character) => character.charCodeAt(0));
  const ends = [codes.at(0), codes.at(-1)];
  return !ends.includes(32) && !ends.includes(9) && codes.every((code) => (code > 31 && code !== 127) || code === 9);
}

/** A stream, but not the connection: what comes behind that is not heard. */
function hasEnded({ goaway, resets: all, answers }: Verdict): boolean {
  return goaway === undefined && all.size + answers.size > 0;
}

function isUnheard({ requests, resets: all, answers }: Verdict, stream = 0): boolean {
  return !all.has(stream) && !answers.has(stream) && (requests.get(stream)?.whole ?? false) === false;
}

/** A stream of which only more of the body came to them. */
function isPrefix(ours: Verdict, theirs: Verdict, stream = 0): boolean {
  const [mine, other] = [ours.requests.get(stream), theirs.requests.get(stream)];
  return (
    mine !== undefined &&
    other !== undefined &&
    mine.head === other.head &&
    other.body.startsWith(mine.body) &&
    !(mine.whole && !other.whole)
  );
}

/** We reset the stream, and its head has this about it. */
function on(has: (fields: readonly (readonly [string, string])[]) => boolean): (difference: Difference) => boolean {
  return ({ ours, stream = 0, said }) =>
    ours.resets.get(stream) === "PROTOCOL_ERROR" && has(said.heads.get(stream) ?? []);
}

const NAME = /^(:[a-z]+|[!#$%&'*+\-.^_`|~0-9a-z]+)$/;
const WRONG_UPDATES = new Set(["WINDOW_UPDATE: window_size_increment == 0", "WINDOW_UPDATE: window size overflow"]);
const WRONG_PADDING = new Set(["more padding than DATA", "DATA without its pad length"]);
