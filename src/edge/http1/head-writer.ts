import type { Field, Fields } from "#edge/http/fields.ts";
import { reason } from "#edge/http/own-answers.ts";
import { consistsOf, TARGET, TOKEN, VALUE } from "./bytes.ts";
import { ReadField } from "./field-lines.ts";

/** The first line of an answer. A reason that has no place in one is replaced by the status's own. */
export function statusLine(status: number, words: string | undefined): string {
  const said = words === undefined || (words.length > 0 && !isClean(words)) ? reason(status) : words;
  const known = STATUS_LINES.get(status);
  if (known !== undefined && known.words === said) return known.line;
  const line = `HTTP/1.1 ${status} ${said}\r\n`;
  if (status >= 100 && status <= 599 && Number.isInteger(status)) STATUS_LINES.set(status, { words: said, line });
  return line;
}

/** The first line of a request; whatever would end the target early is escaped. */
export function requestLine(method: string, path: string): string {
  return `${method} ${consistsOf(TARGET, path) ? path : escaped(path)} HTTP/1.1\r\n`;
}

/** Whether a method can stand in a request line. */
export function isMethod(method: string): boolean {
  return consistsOf(TOKEN, method);
}

/** The lines of a head's fields, without the empty line behind them. Framing is not theirs to tell. */
export function fieldLines(fields: Fields): string {
  let text = "";
  for (const field of fields) if (!isFraming(field.key)) text += fieldLine(field);
  return text;
}

/**
 * The line of a field, so that it is one line: in values that were not read from a message, NUL, CR, LF and what is no
 * latin1 become spaces (RFC 9110 section 5.5); a field whose name is no token is left out.
 */
export function fieldLine(field: Field): string {
  const { name, value } = field;
  if (field instanceof ReadField || (isName(name) && isClean(value))) return `${name}: ${value}\r\n`;
  return isName(name) ? `${name}: ${cleaned(value)}\r\n` : "";
}

function isFraming(key: string): boolean {
  const { length } = key;
  return (length === 10 || length === 14 || length === 17) && FRAMING.has(key);
}

function isName(name: string): boolean {
  return consistsOf(TOKEN, name);
}

function isClean(value: string): boolean {
  for (let i = 0; i < value.length; i++) {
    const kind = VALUE[value.charCodeAt(i)];
    if (kind === undefined || kind === 0) return false;
  }
  return true;
}

function cleaned(value: string): string {
  return Array.from({ length: value.length }, (_, i) => (isClean(value.charAt(i)) ? value.charAt(i) : " ")).join("");
}

function escaped(path: string): string {
  if (path === "") return "/";
  const bytes = [...Buffer.from(path, isLatin1(path) ? "latin1" : "utf8")];
  return bytes.map((byte) => (TARGET[byte] === 1 && byte < 128 ? String.fromCharCode(byte) : percent(byte))).join("");
}

function isLatin1(text: string): boolean {
  for (let i = 0; i < text.length; i++) if (text.charCodeAt(i) > 255) return false;
  return true;
}

function percent(byte: number): string {
  return `%${byte.toString(16).toUpperCase().padStart(2, "0")}`;
}

/** The last line of each status: its reason is nearly always the same. */
const STATUS_LINES = new Map<number, { readonly words: string; readonly line: string }>();
const FRAMING: ReadonlySet<string> = new Set(["connection", "content-length", "transfer-encoding"]);
