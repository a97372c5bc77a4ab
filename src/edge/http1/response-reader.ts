import type { BodyLength } from "#edge/http/body.ts";
import { contentLength } from "#edge/http/desync.ts";
import type { Fields } from "#edge/http/fields.ts";
import { CR, LF, SPACE, VALUE } from "./bytes.ts";
import { withOptions, withoutNamed } from "./connection-options.ts";
import { FieldLines, type Progress } from "./field-lines.ts";

/** The head of an answer. */
export interface ResponseHead {
  readonly status: number;
  /** Undefined where the target gives none. */
  readonly reason: string | undefined;
  readonly fields: Fields;
  /** How the body ends: by its length, by its chunks, or with the connection. */
  readonly body: "length" | "chunked" | "close";
  /** As the answer names it: for an answer to HEAD, of a body that does not come. */
  readonly length: BodyLength;
  /** The target lets its connection be used again. */
  readonly keepAlive: boolean;
  /** The protocol that it switches to, in lower case. */
  readonly upgrade: string | undefined;
}

/**
 * Reads the heads of a target's answers, as strictly as those of requests: what is not RFC 9112 ends in 502, as does more
 * than 32 KB. https://docs.aws.amazon.com/elasticloadbalancing/latest/application/load-balancer-troubleshooting.html#http-502-issues
 */
export class ResponseReader {
  /** The first byte that was not taken. */
  at = 0;
  /** Behind `done` what came of it. */
  head: ResponseHead = NOTHING;
  /** Behind `fault` why. */
  fault = "";
  readonly #lines = new FieldLines("response", LONGEST_HEAD, LONGEST_HEAD);
  #first: StatusLine | undefined;

  /** Reads what there is from one index to another; behind `more` the bytes from `at` on are to be given again. */
  read(bytes: Buffer, from: number, to: number): Progress {
    let at = from;
    if (this.#first === undefined) {
      const first = readStatusLine(bytes, from, to);
      if (first === "more") {
        this.at = from;
        return to - from > LONGEST_HEAD ? this.#failed("status line") : "more";
      }
      if (first === "fault") return this.#failed("status line");
      this.#first = first;
      this.#lines.begin(first.end - from);
      at = first.end;
    }
    const progress = this.#lines.read(bytes, at, to);
    this.at = this.#lines.at;
    if (progress === "more") return progress;
    const head = progress === "done" ? settle(this.#first, this.#lines) : undefined;
    this.#first = undefined;
    if (head === undefined) return this.#failed(progress === "done" ? "framing" : "header");
    this.head = head;
    return "done";
  }

  /** Lets go of the last head: an idle connection is to keep as little as it can. */
  forget(): void {
    this.head = NOTHING;
    this.#lines.begin(0);
  }

  #failed(what: string): "fault" {
    this.#first = undefined;
    this.fault = `the target's answer has no valid ${what}`;
    return "fault";
  }
}

interface StatusLine {
  readonly minor: number;
  readonly status: number;
  readonly reason: string | undefined;
  /** The first byte behind it. */
  readonly end: number;
}

/** RFC 9112 section 4. The space before a reason that is not there may be missing: many a server forgets it. */
function readStatusLine(bytes: Buffer, from: number, to: number): StatusLine | "more" | "fault" {
  const digits = from + VERSION.length + 2;
  for (let i = from; i < Math.min(to, from + VERSION.length); i++) {
    if (bytes[i] !== VERSION.charCodeAt(i - from)) return "fault";
  }
  if (to < digits + 4) return "more";
  const minor = (bytes[digits - 2] as number) - ZERO;
  if ((minor !== 0 && minor !== 1) || bytes[digits - 1] !== SPACE) return "fault";
  let status = 0;
  for (let i = digits; i < digits + 3; i++) {
    const digit = (bytes[i] as number) - ZERO;
    if (digit < 0 || digit > 9) return "fault";
    status = status * 10 + digit;
  }
  const start = digits + 3;
  if (status < 100 || (bytes[start] !== SPACE && bytes[start] !== CR)) return "fault";
  let i = start;
  while (i < to && VALUE[bytes[i] as number] === 1) i++;
  if (i + 1 >= to) return i < to && bytes[i] !== CR ? "fault" : "more";
  if (bytes[i] !== CR || bytes[i + 1] !== LF) return "fault";
  const reason = i > start + 1 ? bytes.toString("latin1", start + 1, i) : undefined;
  return { minor, status, reason, end: i + 2 };
}

/** Decides where the body ends (RFC 9112 section 6.3); undefined where nobody can say. */
function settle({ minor, status, reason }: StatusLine, lines: FieldLines): ResponseHead | undefined {
  const { fields, specials } = lines;
  if (lines.unusual) return undefined;
  let coding: string | undefined;
  let length: number | undefined;
  let options: readonly string[] | undefined;
  let upgrade: string | undefined;
  for (const { role, value } of specials) {
    switch (role) {
      case "transfer-encoding":
        if (coding !== undefined) return undefined;
        coding = value.toLowerCase();
        break;
      case "content-length":
        if (length !== undefined) return undefined;
        length = contentLength(value);
        if (length === undefined) return undefined;
        break;
      case "connection":
        options = withOptions(options, value);
        if (options === undefined) return undefined;
        break;
      case "upgrade":
        upgrade = value.toLowerCase();
        break;
      case "lookalike-content-length":
      case "lookalike-transfer-encoding":
        return undefined;
      default:
        break;
    }
  }
  if (coding !== undefined && (coding !== "chunked" || length !== undefined || minor === 0)) return undefined;
  return {
    status,
    reason,
    fields: options === undefined ? fields : withoutNamed(fields, options),
    body: coding === undefined ? (length === undefined ? "close" : "length") : "chunked",
    length: length ?? "unknown",
    keepAlive: options?.includes("close") !== true && (minor === 1 || options?.includes("keep-alive") === true),
    upgrade: options?.includes("upgrade") === true ? upgrade : undefined,
  };
}

const VERSION = "HTTP/1.";
const ZERO = 48;
const LONGEST_HEAD = 32 * 1024;
const NOTHING: ResponseHead = {
  status: 0,
  reason: undefined,
  fields: [],
  body: "close",
  length: "unknown",
  keepAlive: false,
  upgrade: undefined,
};
