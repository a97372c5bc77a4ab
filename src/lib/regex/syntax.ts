/** A regular expression that is malformed, that needs more than linear time, or that is too large. The message says which. */
export class RegexError extends Error {
  override readonly name = "RegexError";
  readonly kind: "syntax" | "too-big";

  constructor(kind: RegexError["kind"], message: string) {
    super(message);
    this.kind = kind;
  }
}

/** Which of the 256 characters match. */
export type CharSet = readonly boolean[];

export type Assertion = "begin-text" | "end-text" | "begin-line" | "end-line" | "word" | "not-word";

export type Node =
  | { readonly kind: "set"; readonly set: CharSet }
  | { readonly kind: "assert"; readonly assertion: Assertion }
  | { readonly kind: "sequence"; readonly parts: readonly Node[] }
  | { readonly kind: "choice"; readonly options: readonly Node[] }
  | { readonly kind: "group"; readonly index: number; readonly body: Node }
  | {
      readonly kind: "repeat";
      readonly body: Node;
      readonly least: number;
      readonly most: number;
      readonly greedy: boolean;
    };

export interface Syntax {
  readonly root: Node;
  /** How many groups capture, the whole match not counted. */
  readonly groups: number;
}

export interface RegexFlags {
  readonly ignoreCase?: boolean;
}

/**
 * Reads RE2's syntax over bytes (https://github.com/google/re2/wiki/Syntax), without `\Q…\E`, `\C` and Unicode classes.
 * Throws RegexError, also for what ALB does not take: look-around, backreferences, atomic groups, possessive quantifiers,
 * subroutines and recursion.
 */
export function parseRegex(pattern: string, { ignoreCase = false }: RegexFlags = {}): Syntax {
  // Requests are bytes, so what a pattern says beyond ASCII stands for its bytes in UTF-8.
  const text = Buffer.from(pattern, "utf8").toString("latin1");
  if (text.length > MOST_CHARACTERS) throw new RegexError("too-big", `it is longer than ${MOST_CHARACTERS} bytes`);
  const reader: Reader = { text, at: 0, groups: 0, flags: { i: ignoreCase, s: false, m: false, U: false }, depth: 0 };
  const root = readChoice(reader);
  if (reader.at < text.length) throw syntax("an unmatched ')'");
  return { root, groups: reader.groups };
}

/** The digits, letters and underscore of `\w`, which `\b` looks at. */
export const WORD: CharSet = setOf("09", "AZ", "az", "__");
export const NEWLINE = 10;

interface Reader {
  readonly text: string;
  at: number;
  groups: number;
  flags: Readonly<Record<Flag, boolean>>;
  depth: number;
}
type Flag = "i" | "s" | "m" | "U";

function readChoice(reader: Reader): Node {
  if (++reader.depth > MOST_DEPTH) throw new RegexError("too-big", `it is nested more than ${MOST_DEPTH} deep`);
  const outer = reader.flags;
  const options = [readSequence(reader)];
  while (take(reader, "|")) options.push(readSequence(reader));
  reader.flags = outer; // flags count to the end of their group
  reader.depth -= 1;
  const [only] = options;
  return options.length === 1 && only ? only : { kind: "choice", options };
}

function readSequence(reader: Reader): Node {
  const parts: Node[] = [];
  while (reader.at < reader.text.length && reader.text[reader.at] !== "|" && reader.text[reader.at] !== ")") {
    const atom = readAtom(reader);
    if (atom) parts.push(readRepeats(reader, atom));
  }
  return { kind: "sequence", parts };
}

function readRepeats(reader: Reader, body: Node): Node {
  const range = readRange(reader);
  if (!range) return body;
  const lazy = take(reader, "?");
  const node: Node = { kind: "repeat", body, ...range, greedy: lazy === reader.flags.U };
  if (reader.text[reader.at] === "+") throw syntax("possessive quantifiers are not supported");
  if (readRange(reader)) throw syntax("a quantifier behind a quantifier");
  return node;
}

function readRange(reader: Reader): { least: number; most: number } | undefined {
  if (take(reader, "*")) return { least: 0, most: Number.POSITIVE_INFINITY };
  if (take(reader, "+")) return { least: 1, most: Number.POSITIVE_INFINITY };
  if (take(reader, "?")) return { least: 0, most: 1 };
  const counted = match(reader, /\{(\d+)(,(\d*))?\}/y);
  if (!counted) return undefined;
  const [, from = "", range, to = ""] = counted;
  const least = Number(from);
  const most = range === undefined ? least : to === "" ? Number.POSITIVE_INFINITY : Number(to);
  if (least > MOST_TIMES || (most > MOST_TIMES && most !== Number.POSITIVE_INFINITY)) {
    throw new RegexError("too-big", `it repeats something more than ${MOST_TIMES} times`);
  }
  if (most < least) throw syntax(`the repetition '${counted[0]}' is the wrong way round`);
  return { least, most };
}

/** Undefined for what only sets flags. */
function readAtom(reader: Reader): Node | undefined {
  const char = reader.text[reader.at++] ?? "";
  switch (char) {
    case "(":
      return readGroup(reader);
    case "[":
      return { kind: "set", set: folded(readClass(reader), reader) };
    case ".":
      return { kind: "set", set: reader.flags.s ? complement(NOTHING) : complement(single(NEWLINE)) };
    case "^":
      return { kind: "assert", assertion: reader.flags.m ? "begin-line" : "begin-text" };
    case "$":
      return { kind: "assert", assertion: reader.flags.m ? "end-line" : "end-text" };
    case "*":
    case "+":
    case "?":
      throw syntax(`'${char}' has nothing to repeat`);
    case "\\":
      return readEscape(reader);
    default:
      return { kind: "set", set: folded(single(char.charCodeAt(0)), reader) };
  }
}

function readGroup(reader: Reader): Node | undefined {
  const flags = match(reader, /\?([imsU]*)(?:-([imsU]+))?([:)])/y);
  if (flags) {
    const [, on = "", off = "", end] = flags;
    const before = reader.flags;
    const changed = { ...before };
    for (const flag of on) changed[flag as Flag] = true;
    for (const flag of off) changed[flag as Flag] = false;
    reader.flags = changed;
    if (end === ")") return undefined;
    const body = readChoice(reader);
    reader.flags = before;
    close(reader);
    return body;
  }
  const named = match(reader, /\?P?<[A-Za-z_]\w{0,63}>/y);
  if (!named && reader.text[reader.at] === "?") {
    throw syntax("look-around, atomic groups, subroutines and other extensions of groups are not supported");
  }
  reader.groups += 1;
  const index = reader.groups;
  const body = readChoice(reader);
  close(reader);
  return { kind: "group", index, body };
}

function close(reader: Reader): void {
  if (!take(reader, ")")) throw syntax("a missing ')'");
}

function readEscape(reader: Reader): Node {
  const char = reader.text[reader.at];
  const assertion = ASSERTIONS[char ?? ""];
  if (assertion) {
    reader.at += 1;
    return { kind: "assert", assertion };
  }
  const set = readEscapedSet(reader);
  return { kind: "set", set: folded(set, reader) };
}

/** What stands behind a backslash, inside of classes and outside. */
function readEscapedSet(reader: Reader): CharSet {
  const char = reader.text[reader.at++];
  if (char === undefined) throw syntax("a backslash at the end");
  const named = NAMED.get(char);
  if (named) return named;
  if (char === "x") {
    const [, two, braced] = match(reader, /([0-9A-Fa-f]{2})|\{([0-9A-Fa-f]{1,2})\}/y) ?? [];
    const hex = two ?? braced;
    if (hex === undefined) throw syntax("\\x wants two hexadecimal digits");
    return single(Number.parseInt(hex, 16));
  }
  if (/\d/.test(char)) throw syntax("backreferences are not supported");
  if (/[A-Za-z]/.test(char)) throw syntax(`'\\${char}' is not supported`);
  return single(char.charCodeAt(0));
}

function readClass(reader: Reader): CharSet {
  const negated = take(reader, "^");
  const set = [...NOTHING];
  for (let first = true; ; first = false) {
    const char = reader.text[reader.at];
    if (char === undefined) throw syntax("a missing ']'");
    if (char === "]" && !first) break;
    const posix = match(reader, /\[:(\^?)([a-z]+):\]/y);
    if (posix) {
      const [, not, name = ""] = posix;
      const known = POSIX.get(name);
      if (!known) throw syntax(`'[:${name}:]' is no class`);
      add(set, not === "^" ? complement(known) : known);
      continue;
    }
    const from = readClassPart(reader);
    if (reader.text[reader.at] !== "-" || (reader.text[reader.at + 1] ?? "]") === "]") {
      add(set, from);
      continue;
    }
    reader.at += 1;
    const to = readClassPart(reader);
    add(set, between(codeOf(from), codeOf(to)));
  }
  reader.at += 1;
  return negated ? complement(set) : set;
}

function readClassPart(reader: Reader): CharSet {
  const char = reader.text[reader.at++] ?? "";
  if (char === "\\") return readEscapedSet(reader);
  const code = char.charCodeAt(0);
  if (code > 127) throw syntax("classes may only name ASCII characters");
  return single(code);
}

/** The one character of a set that begins or ends a range. */
function codeOf(set: CharSet): number {
  const code = set.indexOf(true);
  if (set.lastIndexOf(true) !== code) throw syntax("a range between classes");
  return code;
}

function folded(set: CharSet, { flags }: Reader): CharSet {
  if (!flags.i) return set;
  return set.map((has, code) => {
    const letter = (code | 32) >= 97 && (code | 32) <= 122;
    return has || (letter && set[code ^ 32] === true);
  });
}

function add(set: boolean[], more: CharSet): void {
  for (let code = 0; code < 256; code++) if (more[code] === true) set[code] = true;
}

function between(from: number, to: number): CharSet {
  if (to < from) throw syntax("a range that is the wrong way round");
  return Array.from({ length: 256 }, (_, code) => code >= from && code <= to);
}

function complement(set: CharSet): CharSet {
  return set.map((has) => !has);
}

function single(code: number): CharSet {
  return between(code, code);
}

function setOf(...ranges: readonly string[]): CharSet {
  return Array.from({ length: 256 }, (_, code) =>
    ranges.some((range) => code >= range.charCodeAt(0) && code <= range.charCodeAt(1)),
  );
}

function take(reader: Reader, char: string): boolean {
  if (reader.text[reader.at] !== char) return false;
  reader.at += 1;
  return true;
}

function match(reader: Reader, sticky: RegExp): RegExpExecArray | undefined {
  sticky.lastIndex = reader.at;
  const found = sticky.exec(reader.text);
  if (found) reader.at = sticky.lastIndex;
  return found ?? undefined;
}

function syntax(message: string): RegexError {
  return new RegexError("syntax", message);
}

const NOTHING: CharSet = Array.from({ length: 256 }, () => false);
const DIGIT = setOf("09");
const SPACE = setOf("\t\n", "\f\r", "  ");
const ASSERTIONS: Readonly<Record<string, Assertion>> = Object.assign(Object.create(null), {
  A: "begin-text",
  z: "end-text",
  b: "word",
  B: "not-word",
});
const NAMED: ReadonlyMap<string, CharSet> = new Map([
  ["d", DIGIT],
  ["D", complement(DIGIT)],
  ["w", WORD],
  ["W", complement(WORD)],
  ["s", SPACE],
  ["S", complement(SPACE)],
  ["t", single(9)],
  ["n", single(NEWLINE)],
  ["v", single(11)],
  ["f", single(12)],
  ["r", single(13)],
  ["a", single(7)],
]);
const POSIX: ReadonlyMap<string, CharSet> = new Map([
  ["alnum", setOf("09", "AZ", "az")],
  ["alpha", setOf("AZ", "az")],
  ["ascii", setOf("\0\x7f")],
  ["blank", setOf("\t\t", "  ")],
  ["cntrl", setOf("\0\x1f", "\x7f\x7f")],
  ["digit", DIGIT],
  ["graph", setOf("!~")],
  ["lower", setOf("az")],
  ["print", setOf(" ~")],
  ["punct", setOf("!/", ":@", "[`", "{~")],
  ["space", setOf("\t\r", "  ")],
  ["upper", setOf("AZ")],
  ["word", WORD],
  ["xdigit", setOf("09", "AF", "af")],
]);
const MOST_CHARACTERS = 1_024;
const MOST_DEPTH = 100;
/** RE2's own limit. */
const MOST_TIMES = 1_000;
