/** Whether a whole text is what a pattern says. */
export type Match = (text: string) => boolean;

export interface GlobOptions {
  /** A backslash takes `*` and `?` their meaning, as in the values of query string conditions. */
  readonly escapes?: boolean;
}

/**
 * Compiles a pattern of ELBv2: `*` is any run of characters, `?` is one. Most patterns come down to comparing a
 * beginning or an end; the others take, at worst, the time of pattern times text.
 */
export function glob(pattern: string, { escapes = false }: GlobOptions = {}): Match {
  const parts = read(pattern, escapes);
  const wild = parts.filter((part) => typeof part === "symbol").length;
  const [first, second] = parts;
  if (wild === 0) {
    const exact = parts.join("");
    return (text) => text === exact;
  }
  if (parts.length === 1 && first === RUN) return () => true;
  if (parts.length === 2 && typeof first === "string" && second === RUN) return (text) => text.startsWith(first);
  if (parts.length === 2 && first === RUN && typeof second === "string") return (text) => text.endsWith(second);
  const tokens = parts.flatMap((part) => (typeof part === "string" ? Array.from(part, codeOf) : [codeOf(part)]));
  return (text) => matches(tokens, text);
}

/** Whether a pattern means nothing but itself. */
export function isLiteral(pattern: string): boolean {
  return !/[*?]/.test(pattern);
}

/** The pattern as runs of characters and the two wildcards. */
function read(pattern: string, escapes: boolean): (string | symbol)[] {
  const parts: (string | symbol)[] = [];
  let literal = "";
  const flush = (): void => {
    if (literal !== "") parts.push(literal);
    literal = "";
  };
  for (let at = 0; at < pattern.length; at++) {
    const char = pattern[at] ?? "";
    const next = pattern[at + 1];
    if (escapes && char === "\\" && (next === "*" || next === "?" || next === "\\")) {
      literal += next;
      at += 1;
    } else if (char === "*") {
      flush();
      if (parts.at(-1) !== RUN) parts.push(RUN);
    } else if (char === "?") {
      flush();
      parts.push(ONE);
    } else literal += char;
  }
  flush();
  return parts;
}

/** Remembers the last `*` only: an earlier one never has to take more when a later one can. */
function matches(tokens: readonly number[], text: string): boolean {
  let token = 0;
  let at = 0;
  let star = -1;
  let resume = 0;
  while (at < text.length) {
    const want = tokens[token];
    if (want === RUN_CODE) {
      star = token++;
      resume = at;
    } else if (want === ONE_CODE || want === text.charCodeAt(at)) {
      token += 1;
      at += 1;
    } else if (star >= 0) {
      token = star + 1;
      at = ++resume;
    } else return false;
  }
  while (tokens[token] === RUN_CODE) token += 1;
  return token === tokens.length;
}

function codeOf(part: string | symbol): number {
  if (part === RUN) return RUN_CODE;
  return part === ONE ? ONE_CODE : String(part).charCodeAt(0);
}

const RUN = Symbol("*");
const ONE = Symbol("?");
const RUN_CODE = -1;
const ONE_CODE = -2;
