import { FLAG, FRAME, SETTING } from "#edge/http2/frame.ts";
import { frame, settings, word } from "../../tests/support/http2-frames.ts";
import { between, chance, pick, times } from "./draw.ts";
import type { Random } from "./fuzzer.ts";
import { HpackWriter } from "./http2-hpack-writer.ts";

/** What a client says behind the preface and its first SETTINGS, in rounds: between them it waits for the answers. */
export type Rounds = readonly (readonly Buffer[])[];

/** Mostly what RFC 9113 allows, and then a little of it changed. */
export function drawRounds(random: Random): Rounds {
  const speaker = new Speaker(random);
  const rounds = times(between(random, 2, 8), () => times(pick(random, [1, 1, 1, 2, 3]), () => speaker.say()).flat());
  return rounds.map((frames) => (chance(random, 0.9) ? frames : changed(random, frames)));
}

/** Heads whose blocks are changed, one for each stream, until one is no HPACK. */
export function drawBlockRounds(random: Random): Rounds {
  const writer = new HpackWriter(random);
  let id = -1;
  return times(ROUNDS, () =>
    times(BLOCKS, () =>
      frame(FRAME.headers, FLAG.endHeaders | FLAG.endStream, (id += 2), changedBlock(random, writer)),
    ),
  );
}

/** A client of HTTP/2 that never runs out of ideas. */
class Speaker {
  readonly #random: Random;
  readonly #writer: HpackWriter;
  #next = 1;
  #open: number[] = [];
  #sent = 0;

  constructor(random: Random) {
    this.#random = random;
    this.#writer = new HpackWriter(random);
  }

  say(): Buffer[] {
    const random = this.#random;
    const of = random();
    if (of < 0.3 || this.#next === 1) return this.#open_();
    if (of < 0.55) return this.#data();
    if (of < 0.65) return this.#trailers();
    if (of < 0.72) return [word(FRAME.rstStream, this.#any(), pick(random, [0, 1, 2, 5, 7, 8, 11, 99]))];
    if (of < 0.8)
      return [
        word(
          FRAME.windowUpdate,
          chance(random, 0.4) ? 0 : this.#any(),
          pick(random, [1, 100, 65_535, 0, 2 ** 31 - 1, 2 ** 31 + 5]),
        ),
      ];
    if (of < 0.85) return [frame(FRAME.ping, 0, 0, "pingping")];
    if (of < 0.95) return [this.#settings()];
    if (of < 0.94) return [frame(FRAME.priority, 0, this.#any() || 1, "\0\0\0\0\x10")];
    if (of < 0.96) return [frame(between(random, 10, 255), between(random, 0, 255), this.#any(), "unknown")];
    if (of < 0.97) return [frame(FRAME.pushPromise, FLAG.endHeaders, this.#any(), "\0\0\0\x02\x82")];
    return [frame(FRAME.continuation, FLAG.endHeaders, this.#any(), "\x82")];
  }

  #open_(): Buffer[] {
    const random = this.#random;
    const id = chance(random, 0.95)
      ? this.#next
      : pick(
          random,
          [0, 1, 2, this.#next + 1, this.#next - 2, 2 ** 31 - 1].filter((one) => one >= 0),
        );
    if (id >= this.#next && id < 2 ** 30) this.#next = id + 2 - ((id & 1) ^ 1);
    const ends = chance(random, 0.4);
    const fields = drawRequest(random, ends);
    if (!ends) this.#open.push(id);
    return this.#head(id, fields, ends);
  }

  #head(id: number, fields: readonly (readonly [string, string])[], ends: boolean): Buffer[] {
    const random = this.#random;
    let payload = this.#writer.block(fields);
    let flags = ends ? FLAG.endStream : 0;
    const pieces = chance(random, 0.85) ? [payload] : cut(random, payload);
    const [first = Buffer.alloc(0), ...rest] = pieces;
    payload = first;
    if (chance(random, 0.1)) {
      flags |= FLAG.priority;
      payload = Buffer.concat([Buffer.from([pick(random, [0, 0x80]), 0, 0, pick(random, [0, 1, 3]), 16]), payload]);
    }
    if (chance(random, 0.1)) {
      const padding = pick(random, [0, 1, 10]);
      flags |= FLAG.padded;
      payload = Buffer.concat([Buffer.of(padding), payload, Buffer.alloc(padding)]);
    }
    if (rest.length === 0) return [frame(FRAME.headers, flags | FLAG.endHeaders, id, payload)];
    return [
      frame(FRAME.headers, flags, id, payload),
      ...rest.map((piece, i) => frame(FRAME.continuation, i === rest.length - 1 ? FLAG.endHeaders : 0, id, piece)),
    ];
  }

  #data(): Buffer[] {
    const random = this.#random;
    const id = this.#any();
    const length = Math.min(pick(random, [0, 1, 3, 3, 3, 10, 300, 16_384]), 30_000 - this.#sent);
    this.#sent += Math.max(length, 0);
    let payload = Buffer.alloc(Math.max(length, 0), "abc");
    let flags = chance(random, 0.4) ? FLAG.endStream : 0;
    if (chance(random, 0.2) && length < 10_000) {
      const padding = pick(random, [0, 1, 100]);
      flags |= FLAG.padded;
      payload = Buffer.concat([Buffer.of(padding), payload, Buffer.alloc(padding)]);
    }
    return [frame(FRAME.data, flags, id, payload)];
  }

  #trailers(): Buffer[] {
    const random = this.#random;
    const fields = times(between(random, 0, 3), () => drawField(random));
    return this.#head(this.#any(), chance(random, 0.95) ? fields : [...fields, [":path", "/"]], chance(random, 0.9));
  }

  #settings(): Buffer {
    const random = this.#random;
    const pairs = times(between(random, 0, 3), (): readonly [number, number] =>
      pick(random, [
        [SETTING.headerTableSize, pick(random, [0, 100, 4096, 2 ** 32 - 1])],
        [SETTING.enablePush, pick(random, [0, 1, 2])],
        [SETTING.maxConcurrentStreams, pick(random, [0, 100])],
        [SETTING.initialWindowSize, pick(random, [0, 65_535, 2 ** 31 - 1, 2 ** 31])],
        [SETTING.maxFrameSize, pick(random, [16_384, 2 ** 24 - 1, 16_383, 2 ** 24])],
        [SETTING.maxHeaderListSize, pick(random, [100_000, 2 ** 32 - 1])],
        [SETTING.noRfc7540Priorities, pick(random, [0, 1, 2])],
        [between(random, 10, 65_535), between(random, 0, 2 ** 32 - 1)],
      ] as const),
    );
    return chance(random, 0.9) ? settings(...pairs) : frame(FRAME.settings, FLAG.ack, pick(random, [0, 0, 1]));
  }

  /** A stream, mostly one that is open. */
  #any(): number {
    const random = this.#random;
    if (chance(random, 0.9) && this.#open.length > 0) return pick(random, this.#open);
    return pick(random, [0, 1, 2, 3, 5, this.#next, this.#next + 2]);
  }
}

/** The head of a request, mostly a good one. */
export function drawRequest(random: Random, ends: boolean): (readonly [string, string])[] {
  const fields: (readonly [string, string])[] = [
    [":method", pick(random, METHODS)],
    [":scheme", pick(random, ["http", "https", "https", "https"])],
    [":path", chance(random, 0.05) ? pick(random, ODD_PATHS) : pick(random, PATHS)],
    [":authority", chance(random, 0.05) ? pick(random, ODD_HOSTS) : "a.test"],
  ];
  for (let i = between(random, 0, 5); i > 0; i--) fields.push(drawField(random));
  if (!ends && chance(random, 0.15))
    fields.push(["content-length", pick(random, ["0", "3", "3", "6", "03", "99999999999999999999", "-1", "x", ""])]);
  if (chance(random, 0.8)) return fields;
  const at = between(random, 0, fields.length - 1);
  switch (between(random, 0, 4)) {
    case 0:
      return fields.toSpliced(at, 1);
    case 1:
      return fields.toSpliced(at, 0, pick(random, fields));
    case 2:
      return fields.toSpliced(between(random, 0, fields.length), 0, pick(random, ODD_FIELDS));
    case 3:
      return fields.toSorted(() => random() - 0.5);
    default:
      return fields.toSpliced(at, 1, pick(random, ODD_FIELDS));
  }
}

function drawField(random: Random): readonly [string, string] {
  if (chance(random, 0.03)) return pick(random, ODD_FIELDS);
  return [pick(random, NAMES), pick(random, VALUES)];
}

/** A block of a request that is changed where its own fields are. */
function changedBlock(random: Random, writer: HpackWriter): Buffer {
  const start = writer.block([
    [":method", pick(random, METHODS)],
    [":scheme", "https"],
    [":path", pick(random, PATHS)],
    [":authority", "a.test"],
  ]);
  const rest = writer.block(times(between(random, 0, 6), () => [pick(random, NAMES), pick(random, VALUES)] as const));
  const of = random();
  if (of < 0.35) return Buffer.concat([start, rest]);
  if (of < 0.95) return Buffer.concat([start, rest, writer.reference()]);
  if (of < 0.98) return Buffer.concat([start, changedBytes(random, rest)]);
  if (of < 0.99) return changedBytes(random, Buffer.concat([start, rest]));
  return Buffer.concat([start, Buffer.from(times(between(random, 1, 20), () => between(random, 0, 255)))]);
}

function changed(random: Random, frames: readonly Buffer[]): Buffer[] {
  const out = [...frames];
  for (let left = between(random, 1, 2); left > 0 && out.length > 0; left--) {
    const at = between(random, 0, out.length - 1);
    const one = out[at] ?? Buffer.alloc(0);
    switch (between(random, 0, 8)) {
      case 0:
        out.splice(at, 1);
        break;
      case 1:
        out.splice(at, 0, pick(random, out));
        break;
      case 2:
        out.splice(at, 1, ...out.splice(between(random, 0, out.length - 1), 1, one));
        break;
      case 3:
        out[at] = withByte(one, 3, between(random, 0, 11));
        break;
      case 4:
        out[at] = withByte(one, 4, between(random, 0, 255));
        break;
      case 5:
        out[at] = withByte(one, 8, between(random, 0, 9));
        break;
      case 6:
        out[at] = resized(one, Math.max(0, one.length - 9 + between(random, -4, 4)));
        break;
      case 7:
        out[at] = withByte(one, 2, between(random, 0, 255));
        break;
      default:
        out[at] = Buffer.concat([one.subarray(0, 9), changedBytes(random, one.subarray(9))]);
    }
  }
  return out;
}

function withByte(bytes: Buffer, at: number, value: number): Buffer {
  const copy = Buffer.from(bytes);
  copy[at] = value;
  return copy;
}

function resized(bytes: Buffer, length: number): Buffer {
  const copy = Buffer.alloc(9 + length);
  bytes.copy(copy);
  copy.writeUIntBE(length, 0, 3);
  return copy;
}

function changedBytes(random: Random, bytes: Buffer): Buffer {
  let out = Buffer.from(bytes);
  for (let left = between(random, 1, 3); left > 0 && out.length > 0; left--) {
    const at = between(random, 0, out.length - 1);
    switch (between(random, 0, 3)) {
      case 0:
        out[at] = between(random, 0, 255);
        break;
      case 1:
        out[at] = (out[at] ?? 0) ^ (1 << between(random, 0, 7));
        break;
      case 2:
        out = Buffer.concat([out.subarray(0, at), out.subarray(at + 1)]);
        break;
      default:
        out = Buffer.concat([out.subarray(0, at), Buffer.of(between(random, 0, 255)), out.subarray(at)]);
    }
  }
  // The length of a frame stands in its head: it stays.
  return Buffer.concat([out, Buffer.alloc(Math.max(0, bytes.length - out.length))]).subarray(0, bytes.length);
}

function cut(random: Random, bytes: Buffer): Buffer[] {
  const cuts = times(between(random, 1, 3), () => between(random, 0, bytes.length)).toSorted((a, b) => a - b);
  return [...cuts, bytes.length].map((end, i) => bytes.subarray(i === 0 ? 0 : cuts[i - 1], end));
}

const METHODS = ["GET", "GET", "POST", "PUT", "OPTIONS", "PATCH", "X-OWN"];
const PATHS = ["/", "/", "/index.html", "/a/b?c=d", "/%20", "/~a/'b'(c)", "/very/long/".repeat(20)];
const ODD_PATHS = ["", "*", "a", "http://a.test/", "/a b", "/a#b", "/\x7f", "/\xe9", "/\0", "//", "/a\tb", "/\\"];
const ODD_HOSTS = [
  "",
  "user@a.test",
  "a.test:80",
  "a.test:x",
  "a test",
  "[::1]",
  "[::1",
  "A.TEST",
  "a.test/",
  "a_b",
  "\xe9",
];
const NAMES = [
  "accept",
  "accept-encoding",
  "user-agent",
  "x-a",
  "x-b",
  "x-long-name-of-a-field",
  "cookie",
  "cookie",
  "authorization",
  "referer",
  "content-type",
  "!#$%&'*+-.^_`|~09",
];
const VALUES = [
  "",
  "a",
  "text/html",
  "gzip, deflate",
  "a=b; c=d",
  "x".repeat(100),
  "\xe9\xff",
  "a\tb",
  '"quoted"',
  "no-cache",
];
const ODD_FIELDS: readonly (readonly [string, string])[] = [
  ["X-Capital", "a"],
  ["a b", "c"],
  ["", "a"],
  ["a:b", "c"],
  ["a\0", "c"],
  ["\xe9", "c"],
  ["x-a", " a"],
  ["x-a", "a "],
  ["x-a", "a\tb"],
  ["x-a", "a\r\nb: c"],
  ["x-a", "a\0b"],
  ["x-a", "a\x01b"],
  ["x-a", "a\x7fb"],
  ["connection", "close"],
  ["keep-alive", "x"],
  ["proxy-connection", "x"],
  ["transfer-encoding", "chunked"],
  ["upgrade", "websocket"],
  ["te", "trailers"],
  ["te", "gzip"],
  ["te", "trailers, gzip"],
  ["host", "a.test"],
  ["host", "b.test"],
  ["host", ""],
  ["content-length", "0"],
  ["content-length", "3"],
  ["content-length", "3, 3"],
  [":status", "200"],
  [":protocol", "websocket"],
  [":unknown", "x"],
  [":", "x"],
  [":path", "/other"],
  [":method", "CONNECT"],
  [":method", "TRACE"],
  [":method", "G T"],
  [":method", ""],
  [":scheme", "ftp"],
  [":scheme", ""],
  [":scheme", "h t"],
  [":authority", "b.test"],
];
/** Rounds of a case of header blocks, and blocks of a round. */
const ROUNDS = 6;
const BLOCKS = 6;
