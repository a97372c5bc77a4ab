import type { Named } from "#domain/names.ts";

/**
 * A DNS name as Route 53 shows it: lower case, a dot at the end, and every octet but a-z, 0-9, `-` and `_` as `\ooo`.
 * So a dot always parts two labels, and two names are equal if and only if their texts are.
 */
export type RecordName = Named<"RecordName">;

/** What AWS calls a name that is none, for example `DomainLabelTooLong (Domain label is too long)`. */
export type NameProblem = keyof typeof NAME_PROBLEMS;

export const NAME_PROBLEMS = {
  DomainNameEmpty: "Domain name is empty",
  DomainNameTooLong: "Domain name is too long",
  DomainLabelEmpty: "Domain label is empty",
  DomainLabelTooLong: "Domain label is too long",
  UnsupportedCharacter: "Value contains unsupported characters",
} as const;

/** Reads a name in zone-file form, with or without the last dot: the name, or what is wrong with it. */
export function readRecordName(text: string): { readonly name: RecordName } | { readonly problem: NameProblem } {
  if (text === "" || text === ".") return { problem: "DomainNameEmpty" };
  if (text.length > MOST_TEXT) return { problem: "DomainNameTooLong" };
  const labels: string[] = [];
  let label = "";
  for (const [token, octal, escaped] of text.matchAll(TOKEN)) {
    if (token === ".") {
      if (label === "") return { problem: "DomainLabelEmpty" };
      labels.push(label);
      label = "";
      continue;
    }
    const octet = octal === undefined ? (escaped ?? token).charCodeAt(0) : Number.parseInt(octal, 8);
    if (octal === undefined ? !isPrintable(octet) || (token === "\\" && !escaped) : octet > 255) {
      return { problem: "UnsupportedCharacter" };
    }
    label += String.fromCharCode(octet);
  }
  if (label !== "") labels.push(label);
  const octets = labels.reduce((sum, { length }) => sum + length + 1, 1);
  if (labels.some(({ length }) => length > MOST_LABEL)) return { problem: "DomainLabelTooLong" };
  if (octets > MOST_OCTETS) return { problem: "DomainNameTooLong" };
  return { name: nameOf(labels) };
}

/** The name, or undefined when `text` is none. */
export function parseRecordName(text: string): RecordName | undefined {
  const read = readRecordName(text);
  return "name" in read ? read.name : undefined;
}

/** The name that has these labels, each a string of octets (char codes 0 to 255). The root is `.`. */
export function nameOf(labels: readonly string[]): RecordName {
  return `${labels.map((label) => label.toLowerCase().replace(ESCAPED, escapeOctet)).join(".")}.` as RecordName;
}

/** The labels as shown, the first first. The root has none. */
export function labelsOf(name: RecordName): readonly string[] {
  return name === "." ? [] : name.slice(0, -1).split(".");
}

/** The octets of one shown label, as char codes. */
export function octetsOf(label: string): string {
  return label.replace(/\\(\d{3})/g, (_, octal: string) => String.fromCharCode(Number.parseInt(octal, 8)));
}

/** Whether `name` is `zone` or lies below it. */
export function isWithin(name: RecordName, zone: RecordName): boolean {
  return name === zone || zone === "." || name.endsWith(`.${zone}`);
}

/** The name without its first label; the root's parent is the root. */
export function parentOf(name: RecordName): RecordName {
  return nameFrom(labelsOf(name).slice(1));
}

/** `name` and everything above it, longest first, down to the name of one label. */
export function ancestry(name: RecordName): readonly RecordName[] {
  const labels = labelsOf(name);
  return labels.map((_, first) => nameFrom(labels.slice(first)));
}

/** The longest name that both lie below, or are. */
export function commonAncestor(a: RecordName, b: RecordName): RecordName {
  const theirs = new Set(ancestry(b));
  return ancestry(a).find((name) => theirs.has(name)) ?? ("." as RecordName);
}

/** `*.<name>`: what is asked where a name is missing (RFC 4592). */
export function wildcardAt(name: RecordName): RecordName {
  return (name === "." ? "\\052." : `\\052.${name}`) as RecordName;
}

export function isWildcard(name: RecordName): boolean {
  return name.startsWith("\\052.");
}

/**
 * The key that orders names as Route 53 lists them: labels reversed, each followed by a dot, octet by octet. All that
 * lies below a name follows in one range, which begins with the name's own key.
 */
export function sortKey(name: RecordName): string {
  const labels = labelsOf(name).map((label) => label.replace(/\\\d{3}/g, sortableOctet));
  return labels
    .reverse()
    .map((label) => `${label}.`)
    .join("");
}

/** The name that has this key. */
export function nameOfKey(key: string): RecordName {
  const labels = key.split(".").slice(0, -1).reverse();
  return nameFrom(labels.map((label) => label.replace(/[^a-z0-9_\\-]/g, escapeOctet)));
}

/** The first key behind all that lie below the name of `key`; for range reads. */
export function keyAfter(key: string): string {
  return `${key.slice(0, -1)}/`; // "/" follows "." in ASCII
}

/** Labels that are shown already. */
function nameFrom(shown: readonly string[]): RecordName {
  return `${shown.join(".")}.` as RecordName;
}

function escapeOctet(octet: string): string {
  return `\\${octet.charCodeAt(0).toString(8).padStart(3, "0")}`;
}

/** Printable octets sort as themselves; the dot and the backslash keep their escapes, so that the key can be read back. */
function sortableOctet(escape: string): string {
  const octet = octetsOf(escape);
  return isPrintable(octet.charCodeAt(0)) && octet !== "." && octet !== "\\" ? octet : escape;
}

const isPrintable = (octet: number): boolean => octet > 0x20 && octet < 0x7f;

const TOKEN = /\\([0-7]{3})|\\([^0-9])|[\s\S]/gu;
const ESCAPED = /[^a-z0-9_-]/g;
/** RFC 1035 §2.3.4. */
const MOST_LABEL = 63;
const MOST_OCTETS = 255;
const MOST_TEXT = 1024;
