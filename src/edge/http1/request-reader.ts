import type { BodyLength } from "#edge/http/body.ts";
import {
  type Classification,
  COMPLIANT,
  classified,
  classify,
  contentLength,
  DESYNC,
  type DesyncMode,
  type DesyncReason,
  type Framing,
} from "#edge/http/desync.ts";
import type { Fields, Withheld } from "#edge/http/fields.ts";
import { listed } from "#lib/blanks.ts";
import { CR, LF } from "./bytes.ts";
import { withOptions, withoutNamed } from "./connection-options.ts";
import { FieldLines, type LinesFault, type Progress, type SpecialField } from "./field-lines.ts";
import { isAuthority, type RequestLine, type RequestLineFault, readRequestLine, readTarget } from "./request-line.ts";

/** The head of a request, of which nobody can be in doubt. */
export interface RequestHead {
  readonly method: string;
  readonly target: string;
  readonly host: string | undefined;
  readonly version: "1.0" | "1.1";
  readonly fields: Fields;
  readonly withheld: readonly Withheld[];
  readonly bodyLength: BodyLength;
  readonly upgrade: string | undefined;
  readonly expectsContinue: boolean;
  readonly takesTrailers: boolean;
  /** The client lets its connection be used again. */
  readonly keepAlive: boolean;
  /** Nothing may follow it, here nor at the target. */
  readonly last: boolean;
  readonly desync: Classification;
}

/** What is answered to bytes that are no request. */
export interface Refused {
  readonly status: number;
  readonly desync: Classification;
}

/**
 * Reads the heads of a connection's requests, one after the other, however their bytes are cut into pieces: RFC 9112 to the
 * letter, within ALB's bounds of 16 KB for the request line, 16 KB for one field and 64 KB in all.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-400-issues
 */
export class RequestReader {
  /** The first byte that was not taken. */
  at = 0;
  /** The request line as far as it could be read, for the log. */
  line: string | undefined;
  /** Behind `done` what came of it. */
  head: RequestHead | Refused = NOTHING;
  readonly #lines = new FieldLines("request", LONGEST_LINE, LONGEST_HEAD);
  #first: RequestLine | undefined;
  #skipped = false;

  /** Whether a head has begun. */
  get begun(): boolean {
    return this.#first !== undefined;
  }

  /** Reads what there is from one index to another; behind `more` the bytes from `at` on are to be given again. */
  read(bytes: Buffer, from: number, to: number, mode: DesyncMode): Progress {
    let at = from;
    if (this.#first === undefined) {
      // An empty line may come before a request (RFC 9112 section 2.2); one.
      if (!this.#skipped && bytes[at] === CR) {
        if (at + 1 === to) return this.#wait(at);
        if (bytes[at + 1] === LF) {
          this.#skipped = true;
          at += 2;
        }
      }
      if (at >= to) return this.#wait(at);
      const lineFeed = bytes.indexOf(LF, at);
      if (lineFeed < 0 || lineFeed >= to) {
        if (to - at > LONGEST_LINE) return this.#refuse(414, bytes, at, to);
        return hopeless(bytes, at, to) ? this.#refuse(400, bytes, at, to, "BadMethod") : this.#wait(at);
      }
      if (lineFeed - at > LONGEST_LINE) return this.#refuse(414, bytes, at, lineFeed);
      const first = readRequestLine(bytes, at, lineFeed);
      if (typeof first === "string") {
        const { status, reason } = LINE_REFUSALS[first];
        return this.#refuse(status, bytes, at, lineFeed, reason);
      }
      this.#first = first;
      this.#lines.begin(lineFeed + 1 - at);
      at = lineFeed + 1;
    }
    const progress = this.#lines.read(bytes, at, to);
    this.at = this.#lines.at;
    if (progress === "more") return progress;
    const first = this.#first;
    if (progress === "fault") {
      this.line = `${first.method} ${first.target} HTTP/${first.version}`;
      this.head = FIELD_REFUSALS[this.#lines.fault];
      return "fault";
    }
    this.#first = undefined;
    this.#skipped = false;
    this.head = settle(first, this.#lines, mode);
    if (!("status" in this.head)) return "done";
    this.line = `${first.method} ${first.target} HTTP/${first.version}`;
    return "fault";
  }

  /** Lets go of the last head: an idle connection is to keep as little as it can. */
  forget(): void {
    this.head = NOTHING;
    this.#lines.begin(0);
  }

  /** Gives a head up that does not come to its end, and says of it what came. */
  abandon(bytes: Buffer, from: number, to: number): Refused {
    const first = this.#first;
    if (first === undefined) this.#refuse(408, bytes, from, to);
    else this.line = `${first.method} ${first.target} HTTP/${first.version}`;
    return { status: 408, desync: COMPLIANT };
  }

  #wait(at: number): "more" {
    this.at = at;
    return "more";
  }

  #refuse(status: number, bytes: Buffer, from: number, to: number, reason?: DesyncReason): "fault" {
    this.line = bytes.toString("latin1", from, Math.min(to, from + LONGEST_LINE)).replace(/\r$/, "");
    this.head = { status, desync: reason === undefined ? COMPLIANT : classified(reason) };
    return "fault";
  }
}

/** Decides what a head asks for, where its body ends, and whether it may be asked at all. */
function settle(
  first: RequestLine,
  { fields, specials, unusual }: FieldLines,
  mode: DesyncMode,
): RequestHead | Refused {
  const { method, version } = first;
  if (method === "TRACE") return NOT_ALLOWED;
  const asked = method === "CONNECT" ? undefined : readTarget(method, first.target);
  if (asked === undefined) return BAD;
  const said = gather(specials);
  if (said === undefined) return BAD;
  if (said.hosts > 1 || (said.hosts === 0 && version === "1.1")) return BAD;
  if (said.hosts === 1 && !isAuthority(said.host)) return BAD;

  let desync = COMPLIANT;
  let length: BodyLength = 0;
  if (said.lengths.length > 0 || said.codings.length > 0 || said.lookalikes || unusual) {
    const framing: Framing = { method, version, unusual, ...said };
    desync = classify(framing);
    if (DESYNC[mode][desync.level] === "refuse") return { status: 400, desync };
    const settled = bodyLength(framing);
    if (typeof settled === "object") return { ...settled, desync };
    length = settled;
  }

  const { options } = said;
  const close = options !== undefined && options.includes("close");
  const upgrade = options?.includes("upgrade") === true && said.upgrade === "websocket";
  return {
    method,
    target: asked.target,
    host: asked.authority ?? (said.hosts === 1 ? said.host : undefined),
    version,
    fields: options === undefined ? fields : withoutNamed(fields, options),
    withheld: specials,
    bodyLength: length,
    // RFC 6455 section 4.1.
    upgrade: upgrade && version === "1.1" && method === "GET" && length === 0 ? said.upgrade : undefined,
    expectsContinue: said.expectsContinue && version === "1.1" && length !== 0,
    takesTrailers: said.takesTrailers && version === "1.1",
    keepAlive: version === "1.1" ? !close : !close && options !== undefined && options.includes("keep-alive"),
    // Even where nobody asks for it: RFC 9112 section 6.3, and nobody else reads `identity` today.
    last:
      DESYNC[mode][desync.level] === "close" ||
      (said.codings.length > 0 && (said.lengths.length > 0 || length !== "unknown")),
    desync,
  };
}

interface Said {
  hosts: number;
  host: string;
  lengths: string[];
  codings: string[];
  lookalikeLengths: string[];
  lookalikeCodings: string[];
  lookalikes: boolean;
  /** The connection options, in lower case. */
  options: readonly string[] | undefined;
  upgrade: string | undefined;
  expectsContinue: boolean;
  takesTrailers: boolean;
}

/** Undefined when there are more connection options, or more fields that frame or look like it, than anybody means. */
function gather(specials: readonly SpecialField[]): Said | undefined {
  let framing = 0;
  const said: Said = {
    hosts: 0,
    host: "",
    lengths: NONE,
    codings: NONE,
    lookalikeLengths: NONE,
    lookalikeCodings: NONE,
    lookalikes: false,
    options: undefined,
    upgrade: undefined,
    expectsContinue: false,
    takesTrailers: false,
  };
  for (const { role, value } of specials) {
    switch (role) {
      case "host":
        said.hosts++;
        said.host = value;
        break;
      case "connection":
        said.options = withOptions(said.options, value);
        if (said.options === undefined) return undefined;
        break;
      case "content-length":
        if (++framing > MOST_FRAMING) return undefined;
        said.lengths = [...said.lengths, value];
        break;
      case "transfer-encoding":
        if (++framing > MOST_FRAMING) return undefined;
        said.codings = [...said.codings, value];
        break;
      case "lookalike-content-length":
        if (++framing > MOST_FRAMING) return undefined;
        said.lookalikes = true;
        said.lookalikeLengths = [...said.lookalikeLengths, value];
        break;
      case "lookalike-transfer-encoding":
        if (++framing > MOST_FRAMING) return undefined;
        said.lookalikes = true;
        said.lookalikeCodings = [...said.lookalikeCodings, value];
        break;
      case "upgrade":
        said.upgrade = said.upgrade === undefined ? value.toLowerCase() : "";
        break;
      case "expect":
        if (value.toLowerCase() === "100-continue") said.expectsContinue = true;
        break;
      case "te":
        if (listed(value).includes("trailers")) said.takesTrailers = true;
        break;
      case "hop":
        break;
    }
  }
  return said;
}

/** Where the body ends (RFC 9112 section 6.3), of a request that is not `Severe`; or why nobody can say. */
function bodyLength({ version, lengths, codings }: Framing): BodyLength | { readonly status: number } {
  const all = codings.flatMap(listed);
  // Faulty framing by RFC 9112 section 6.1.
  if (all.length > 0 && version === "1.0") return { status: 400 };
  if (all.length === 1 && all[0] === "chunked") return "unknown";
  // https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-501-issues
  if (!all.every((coding) => coding === "identity")) return { status: 501 };
  return lengths[0] === undefined ? 0 : (contentLength(lengths[0]) ?? { status: 400 });
}

/** Bytes that came before any line end and cannot become a request line: TLS to a plain port, for example. */
function hopeless(bytes: Buffer, from: number, to: number): boolean {
  for (let i = from; i < Math.min(to, from + 4); i++) {
    const byte = bytes[i] as number;
    if (byte < 32 && byte !== CR) return true;
  }
  return false;
}

const NONE: string[] = [];
/** Those that frame, and those that look like it. */
const MOST_FRAMING = 10;
const LONGEST_LINE = 16 * 1024;
const LONGEST_HEAD = 64 * 1024;
const BAD: Refused = { status: 400, desync: COMPLIANT };
const NOT_ALLOWED: Refused = { status: 405, desync: COMPLIANT };
const NOTHING: Refused = BAD;
const LINE_REFUSALS: Readonly<
  Record<RequestLineFault, { readonly status: number; readonly reason: DesyncReason | undefined }>
> = {
  "bad-method": { status: 400, reason: "BadMethod" },
  "bad-target": { status: 400, reason: "AmbiguousUri" },
  "null-in-target": { status: 400, reason: "BadUri" },
  "space-in-target": { status: 400, reason: "SpaceInUri" },
  "bad-version": { status: 400, reason: "BadVersion" },
  "no-version": { status: 400, reason: "NonCompliantVersion" },
  "line-end": { status: 400, reason: undefined },
  "unsupported-version": { status: 505, reason: "NonCompliantVersion" },
};
const FIELD_REFUSALS: Readonly<Record<LinesFault, Refused>> = {
  field: { status: 400, desync: classified("BadHeader") },
  "field-too-long": BAD,
  "section-too-long": BAD,
};
