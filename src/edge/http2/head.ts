import type { Field } from "#edge/http/fields.ts";
import { type Header, KIND } from "./header.ts";
import type { HeaderHearer } from "./hpack-decoder.ts";

/**
 * What a header block says, and whether HTTP/2 lets it (RFC 9113 section 8). One serves all blocks of a connection:
 * `begin` empties it.
 */
export class Head implements HeaderHearer {
  /**
   * Without pseudo fields, `host`, `content-length`, `te`, what only looks like framing and, where it is no trailer section,
   * `expect`; cookies in one.
   */
  fields: Field[] = [];
  /** `content-length`, `te`, an understood `expect`, and what only looks like framing. */
  withheld: Field[] = NO_FIELDS;
  method: string | undefined;
  scheme: string | undefined;
  authority: string | undefined;
  path: string | undefined;
  status: string | undefined;
  host: string | undefined;
  /** -1 when there is none. */
  contentLength = -1;
  takesTrailers = false;
  expectsContinue = false;
  /** The values of fields whose names only look like `Content-Length` or `Transfer-Encoding`. */
  likeLengths: string[] = NONE;
  likeCodings: string[] = NONE;
  /** Why it is malformed; the first reason. */
  malformed: string | undefined;
  /** The list is longer than we take; what came behind the limit was not looked at. */
  tooLarge = false;
  #size = 0;
  #cookieAt = -1;
  #most = 0;
  #ordinary = false;

  /** `most` is the size of the longest list that is taken (section 10.5.1). */
  begin(most: number): void {
    this.fields = [];
    this.withheld = NO_FIELDS;
    this.method = undefined;
    this.scheme = undefined;
    this.authority = undefined;
    this.path = undefined;
    this.status = undefined;
    this.host = undefined;
    this.contentLength = -1;
    this.takesTrailers = false;
    this.expectsContinue = false;
    this.likeLengths = NONE;
    this.likeCodings = NONE;
    this.malformed = undefined;
    this.tooLarge = false;
    this.#size = 0;
    this.#cookieAt = -1;
    this.#most = most;
    this.#ordinary = false;
  }

  header(one: Header): void {
    this.#size += one.size;
    if (this.#size > this.#most) {
      this.tooLarge = true;
      return;
    }
    const { kind, field } = one;
    const { value } = field;
    this.#ordinary ||= kind < KIND.method || kind > KIND.status;
    switch (kind) {
      case KIND.plain:
        this.fields.push(field);
        return;
      case KIND.cookie:
        return this.#cookie(field);
      case KIND.host:
        if (this.host !== undefined) return this.#wrong("two host fields");
        this.host = value;
        return;
      case KIND.contentLength:
        if (this.contentLength >= 0) return this.#wrong("two content-length fields");
        this.contentLength = lengthOf(value);
        if (this.contentLength < 0) this.#wrong("a content-length that is no number");
        this.withheld = withOne(this.withheld, field);
        return;
      case KIND.expect:
        if (value.toLowerCase() !== "100-continue") {
          this.fields.push(field);
          return;
        }
        this.expectsContinue = true;
        this.withheld = withOne(this.withheld, field);
        return;
      case KIND.te:
        if (value.toLowerCase() !== "trailers") return this.#wrong("te may only say trailers");
        this.takesTrailers = true;
        this.withheld = withOne(this.withheld, field);
        return;
      case KIND.method:
        if (!this.#mayBe(field, this.method)) return;
        this.method = value;
        return;
      case KIND.scheme:
        if (!this.#mayBe(field, this.scheme)) return;
        this.scheme = value;
        return;
      case KIND.authority:
        if (!this.#mayBe(field, this.authority)) return;
        this.authority = value;
        return;
      case KIND.path:
        if (!this.#mayBe(field, this.path)) return;
        this.path = value;
        return;
      case KIND.status:
        if (!this.#mayBe(field, this.status)) return;
        this.status = value;
        return;
      case KIND.likeContentLength:
        this.likeLengths = withOne(this.likeLengths, value);
        this.withheld = withOne(this.withheld, field);
        return;
      case KIND.likeTransferEncoding:
        this.likeCodings = withOne(this.likeCodings, value);
        this.withheld = withOne(this.withheld, field);
        return;
      case KIND.connection:
        return this.#wrong(`${field.name} has no place in HTTP/2`);
      case KIND.unknownPseudo:
        return this.#wrong("an unknown pseudo field");
      case KIND.invalid:
        return this.#wrong("characters that no field may have");
    }
  }

  /** Pseudo fields come once each, and before all others (section 8.3). */
  #mayBe({ name }: Field, before: string | undefined): boolean {
    if (this.#ordinary) this.#wrong(`${name} comes behind other fields`);
    else if (before !== undefined) this.#wrong(`two ${name} fields`);
    return !this.#ordinary && before === undefined;
  }

  /** Whether there is any pseudo field: a trailer section has none. */
  get hasPseudo(): boolean {
    const { method, scheme, authority, path, status } = this;
    return (method ?? scheme ?? authority ?? path ?? status) !== undefined;
  }

  /** One field, as HTTP/1.1 wants it (section 8.2.3), in the first one's place. */
  #cookie(field: Field): void {
    const before = this.fields[this.#cookieAt];
    if (before === undefined) {
      this.#cookieAt = this.fields.push(field) - 1;
      return;
    }
    this.fields[this.#cookieAt] = { ...field, value: `${before.value}; ${field.value}` };
  }

  #wrong(reason: string): void {
    this.malformed ??= reason;
  }
}

/** Lists of what few requests have come into being with their first element. */
function withOne<T>(list: T[], one: T): T[] {
  if (list.length === 0) return [one];
  list.push(one);
  return list;
}

function lengthOf(text: string): number {
  return /^\d{1,15}$/.test(text) ? Number(text) : -1;
}

const NONE: string[] = [];
const NO_FIELDS: Field[] = [];
