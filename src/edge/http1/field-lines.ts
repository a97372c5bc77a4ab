import type { Field } from "#edge/http/fields.ts";
import { COLON, CR, LF, SPACE, TAB, TOKEN, UNUSUAL, VALUE } from "./bytes.ts";
import { KNOWN_NAMES, type Role } from "./field-names.ts";
import { lookalike } from "./lookalike.ts";

/** How far a reader came: it is `done`, it needs `more` bytes than there are, or what it reads is no HTTP. */
export type Progress = "done" | "more" | "fault";

/** Why a header or trailer section cannot be read. `field` is anything that RFC 9112 section 5 does not allow. */
export type LinesFault = "field" | "field-too-long" | "section-too-long";

/** A field that has a part in the framing of its message. Not among `fields`. */
export interface SpecialField {
  readonly role: Exclude<Role, "plain"> | "lookalike-content-length" | "lookalike-transfer-encoding";
  readonly key: string;
  readonly value: string;
}

/** A field that was read: its name is a token, and neither NUL, CR nor LF is in its value. */
export class ReadField implements Field {
  readonly name: string;
  readonly key: string;
  readonly value: string;
  constructor(name: string, key: string, value: string) {
    this.name = name;
    this.key = key;
    this.value = value;
  }
}

/**
 * Reads the field lines of a header or trailer section up to the empty line, however they are cut into pieces (RFC 9112
 * section 5): no folded lines, no line end but CR LF, no white space before the colon.
 */
export class FieldLines {
  /** The first byte that was not taken: where the next line begins. */
  at = 0;
  fields: ReadField[] = [];
  specials: SpecialField[] = [];
  /** A value has control characters other than a tab. */
  unusual = false;
  fault: LinesFault = "field";
  readonly #inRequest: boolean;
  readonly #longestLine: number;
  readonly #longest: number;
  #size = 0;

  constructor(of: "request" | "response", longestLine: number, longest: number) {
    this.#inRequest = of === "request";
    this.#longestLine = longestLine;
    this.#longest = longest;
  }

  /** Begins a section; `size` is what came of the head before it. */
  begin(size: number): void {
    this.fields = [];
    this.specials = [];
    this.unusual = false;
    this.#size = size;
  }

  /** Reads the lines in `bytes` from one index to another; behind `more` the bytes from `at` on are to be given again. */
  read(bytes: Buffer, from: number, to: number): Progress {
    let start = from;
    let line = from;
    let count = 0;
    let seen = 0;
    for (;;) {
      let i = line;
      while (i < to && TOKEN[bytes[i] as number] === 1) i++;
      if (i === to) break;
      const nameEnd = i;
      if (bytes[i] !== COLON || i === line) {
        if (i !== line || bytes[i] !== CR) return this.#failed("field");
        if (i + 1 === to) break;
        if (bytes[i + 1] !== LF) return this.#failed("field");
        this.#keep(bytes, start, line, count);
        this.at = i + 2;
        this.#size += this.at - from;
        if (seen === UNUSUAL) this.unusual = true;
        return this.#size > this.#longest ? this.#failed("section-too-long") : "done";
      }
      i++;
      while (i < to && (bytes[i] === SPACE || bytes[i] === TAB)) i++;
      const valueStart = i;
      for (let kind = 0; i < to; i++) {
        kind = VALUE[bytes[i] as number] as number;
        if (kind === 0) break;
        seen |= kind;
      }
      if (i === to) break;
      if (bytes[i] !== CR) return this.#failed("field");
      if (i + 1 === to) break;
      if (bytes[i + 1] !== LF) return this.#failed("field");
      if (i - line > this.#longestLine) return this.#failed("field-too-long");
      let valueEnd = i;
      while (valueEnd > valueStart && (bytes[valueEnd - 1] === SPACE || bytes[valueEnd - 1] === TAB)) valueEnd--;
      MARKS[count] = line;
      MARKS[count + 1] = nameEnd;
      MARKS[count + 2] = valueStart;
      MARKS[count + 3] = valueEnd;
      count += 4;
      line = i + 2;
      if (count === MARKS.length) {
        this.#keep(bytes, start, line, count);
        start = line;
        count = 0;
      }
    }
    this.#keep(bytes, start, line, count);
    if (seen === UNUSUAL) this.unusual = true;
    this.at = line;
    this.#size += line - from;
    if (to - line > this.#longestLine) return this.#failed("field-too-long");
    return this.#size + to - line > this.#longest ? this.#failed("section-too-long") : "more";
  }

  /** Makes strings of the marked lines: all are parts of one. */
  #keep(bytes: Buffer, from: number, to: number, count: number): void {
    if (count === 0) return;
    const text = bytes.toString("latin1", from, to);
    for (let mark = 0; mark < count; mark += 4) {
      const written = text.slice((MARKS[mark] as number) - from, (MARKS[mark + 1] as number) - from);
      const value = text.slice((MARKS[mark + 2] as number) - from, (MARKS[mark + 3] as number) - from);
      const known = KNOWN_NAMES.get(written);
      if (known !== undefined) {
        const role = this.#inRequest ? known.inRequest : known.inResponse;
        if (role === "plain") this.fields.push(new ReadField(known.name, known.key, value));
        else this.specials.push({ role, key: known.key, value });
      } else this.#keepUncommon(written, value);
    }
  }

  #keepUncommon(written: string, value: string): void {
    const key = written.toLowerCase();
    const known = KNOWN_NAMES.get(key);
    const role = known === undefined ? lookalike(key) : this.#inRequest ? known.inRequest : known.inResponse;
    if (role === undefined || role === "plain") this.fields.push(new ReadField(written, key, value));
    else this.specials.push({ role, key, value });
  }

  #failed(fault: LinesFault): "fault" {
    this.fault = fault;
    return "fault";
  }
}

/** Where names and values begin and end, of up to 256 lines at once. */
const MARKS = new Int32Array(4 * 256);
