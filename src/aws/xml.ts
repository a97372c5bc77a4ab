import { AwsError } from "./service.ts";

/** The content of an element: its text, or its child elements, of which repeated ones form a list. */
export type XmlContent = string | { readonly [name: string]: XmlContent | readonly XmlContent[] };

/**
 * The content of the root element. Just enough XML 1.0 to read AWS requests: elements and text. Attributes and
 * prefixes of namespaces are passed over; there are no DTDs and so no entities but the five and the numeric ones.
 * Throws MalformedInput. Time is linear in the length; depth is bounded.
 */
export function parseXml(source: string): XmlContent {
  const open: OpenElement[] = [{ name: "", text: "" }];
  let end = 0;
  for (const match of source.matchAll(TOKEN)) {
    end = match.index + match[0].length;
    take(match.groups ?? {}, open);
  }
  const [root] = open;
  if (end !== source.length || open.length !== 1 || !root?.children || root.text.trim() !== "") throw malformed();
  const [content, ...more] = Object.values(root.children);
  if (content === undefined || isList(content) || more.length > 0) throw malformed();
  return content;
}

/** `<name>content</name>` */
export function element(name: string, content: string): string {
  return `<${name}>${content}</${name}>`;
}

/** Text as it stands in an element. Characters that XML 1.0 cannot say become U+FFFD. */
export function escapeXml(text: string): string {
  return text.replace(SPECIAL, (character) => ESCAPES[character] ?? numeric(character.charCodeAt(0)));
}

function numeric(code: number): string {
  const sayable = code >= 0x20 ? code < 0xfffe : code === 0x0a || code === 0x0d;
  return sayable ? `&#${code};` : "\ufffd";
}

interface OpenElement {
  readonly name: string;
  text: string;
  children?: Record<string, XmlContent | XmlContent[]>;
}

type Token = Readonly<Record<string, string | undefined>>;

function take({ name, close, empty, cdata, text }: Token, open: OpenElement[]): void {
  const top = open.at(-1);
  if (!top) throw malformed();
  if (text !== undefined) top.text += decode(text);
  else if (cdata !== undefined) top.text += cdata;
  else if (name !== undefined) {
    if (!close) open.push({ name, text: "" });
    if (open.length > MOST_DEPTH) throw malformed();
    if (close || empty) leave(name, open);
  }
}

function leave(name: string, open: OpenElement[]): void {
  const done = open.pop();
  const parent = open.at(-1);
  if (!parent || done?.name !== name) throw malformed();
  if (done.children && done.text.trim() !== "") throw malformed();
  parent.children ??= Object.create(null) as Record<string, XmlContent | XmlContent[]>;
  const value = done.children ?? done.text;
  const siblings = parent.children[name];
  if (siblings === undefined) parent.children[name] = value;
  else if (Array.isArray(siblings)) siblings.push(value);
  else parent.children[name] = [siblings, value];
}

function decode(text: string): string {
  return text.replace(REFERENCE, (_, hexadecimal?: string, decimal?: string, name?: string) => {
    if (name !== undefined) return NAMED[name] ?? refuse();
    const code = hexadecimal === undefined ? Number(decimal) : Number.parseInt(hexadecimal, 16);
    return isCharacter(code) ? String.fromCodePoint(code) : refuse();
  });
}

/** XML 1.0, production 2, but for the control characters, which some clients send all the same. */
const isCharacter = (code: number): boolean => code > 0 && code <= 0x10ffff && !(code >= 0xd800 && code <= 0xdfff);
const isList = (content: XmlContent | readonly XmlContent[]): content is readonly XmlContent[] =>
  Array.isArray(content);

function refuse(): never {
  throw malformed();
}

const malformed = (): AwsError => new AwsError("MalformedInput", "The request body is not well-formed XML.");

const TOKEN =
  /<(?<close>\/?)(?<name>[\w:.-]+)(?:\s+[\w:.-]+\s*=\s*(?:"[^"<]*"|'[^'<]*')){0,20}\s*(?<empty>\/?)>|<!--.*?-->|<\?.*?\?>|<!\[CDATA\[(?<cdata>.*?)\]\]>|(?<text>[^<]+)/gsy;
const REFERENCE = /&(?:#x([0-9a-fA-F]{1,6})|#(\d{1,7})|(\w{1,10}));|&/g;
const NAMED: Readonly<Record<string, string>> = Object.assign(Object.create(null), {
  amp: "&",
  lt: "<",
  gt: ">",
  quot: '"',
  apos: "'",
});
const SPECIAL = /[&<>"\ufffe\uffff]|(?!\t)\p{Cc}/gu;
const ESCAPES: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
};
const MOST_DEPTH = 100;
