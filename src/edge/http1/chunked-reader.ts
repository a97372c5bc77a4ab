import type { Fields } from "#edge/http/fields.ts";
import { NO_TRAILERS } from "#edge/http/trailers.ts";
import { CR, HEX, LF, TOKEN, VALUE } from "./bytes.ts";
import { FieldLines } from "./field-lines.ts";

/** What comes next of a body: a `piece` of it, its `end`, nothing until there is `more`, or something that is no body. */
export type Step = "piece" | "end" | "more" | "fault";

type State =
  | "size"
  | "extension"
  | "extension-name"
  | "extension-value"
  | "extension-token"
  | "extension-quoted"
  | "extension-escaped"
  | "extension-end"
  | "size-lf"
  | "data"
  | "data-cr"
  | "data-lf"
  | "trailers";

/**
 * Reads chunked bodies one after the other (RFC 9112 section 7.1): sizes in hexadecimal digits and nothing else, CR LF and
 * nothing else. Chunk extensions are bounded, and dropped.
 */
export class ChunkedReader {
  /** The first byte that was not taken. */
  at = 0;
  /** Behind `piece`: where it begins; it ends at `at`. */
  from = 0;
  /** Behind `end`: the trailers that may be taken for fields. */
  trailers: Fields = [];
  readonly #lines: FieldLines;
  #state: State = "size";
  #left = 0;
  #digits = 0;
  #extensions = 0;

  constructor(of: "request" | "response") {
    this.#lines = new FieldLines(of, LONGEST_TRAILER, LONGEST_TRAILERS);
  }

  begin(): void {
    this.#state = "size";
    this.#left = 0;
    this.#digits = 0;
    this.#extensions = 0;
    this.trailers = [];
  }

  /** Goes on reading what there is from one index to another; behind `more` the bytes from `at` on are to be given again. */
  next(bytes: Buffer, from: number, to: number): Step {
    this.at = from;
    while (this.at < to) {
      switch (this.#state) {
        case "data": {
          this.from = this.at;
          const length = Math.min(this.#left, to - this.at);
          this.at += length;
          this.#left -= length;
          if (this.#left === 0) this.#state = "data-cr";
          return "piece";
        }
        case "trailers":
          return this.#readTrailers(bytes, to);
        default:
          if (!this.#take(bytes[this.at++] as number)) return "fault";
      }
    }
    return "more";
  }

  /** Takes a byte of what is between the pieces. */
  #take(byte: number): boolean {
    switch (this.#state) {
      case "size": {
        const digit = HEX[byte] as number;
        if (digit < 16) {
          this.#left = this.#left * 16 + digit;
          return ++this.#digits <= MOST_DIGITS;
        }
        if (this.#digits === 0) return false;
        if (byte === CR) this.#state = "size-lf";
        else if (byte === SEMICOLON) this.#state = "extension";
        else return false;
        return true;
      }
      case "extension":
      case "extension-name":
      case "extension-value":
      case "extension-token":
      case "extension-quoted":
      case "extension-escaped":
      case "extension-end":
        return ++this.#extensions <= LONGEST_EXTENSIONS && this.#takeExtension(byte);
      case "size-lf":
        this.#digits = 0;
        if (this.#left === 0) {
          this.#state = "trailers";
          this.#lines.begin(0);
        } else this.#state = "data";
        return byte === LF;
      case "data-cr":
        this.#state = "data-lf";
        return byte === CR;
      case "data-lf":
        this.#state = "size";
        return byte === LF;
      default:
        return false;
    }
  }

  /** RFC 9112 section 7.1.1, without the white space that only bad senders write. */
  #takeExtension(byte: number): boolean {
    const state = this.#state;
    if (state === "extension-quoted" || state === "extension-escaped") {
      if (state === "extension-escaped") this.#state = "extension-quoted";
      else if (byte === QUOTE) this.#state = "extension-end";
      else if (byte === BACKSLASH) this.#state = "extension-escaped";
      return VALUE[byte] === 1;
    }
    if (TOKEN[byte] === 1 && state !== "extension-end") {
      if (state === "extension") this.#state = "extension-name";
      else if (state === "extension-value") this.#state = "extension-token";
      return true;
    }
    if (state === "extension") return false;
    if (state === "extension-value") {
      this.#state = "extension-quoted";
      return byte === QUOTE;
    }
    if (byte === CR) this.#state = "size-lf";
    else if (byte === SEMICOLON) this.#state = "extension";
    else if (byte === EQUALS && state === "extension-name") this.#state = "extension-value";
    else return false;
    return true;
  }

  #readTrailers(bytes: Buffer, to: number): Step {
    const progress = this.#lines.read(bytes, this.at, to);
    this.at = this.#lines.at;
    if (progress !== "done") return progress;
    if (this.#lines.unusual) return "fault";
    this.trailers = this.#lines.fields.filter(({ key }) => !NO_TRAILERS.has(key));
    return "end";
  }
}

const QUOTE = 34;
const SEMICOLON = 59;
const EQUALS = 61;
const BACKSLASH = 92;
/** Sizes that can be counted without error. */
const MOST_DIGITS = 13;
/** Of all chunks of a body, as in Node.js: one byte that is charged with a long extension costs more than it brings. */
const LONGEST_EXTENSIONS = 16 * 1024;
const LONGEST_TRAILER = 16 * 1024;
const LONGEST_TRAILERS = 16 * 1024;
