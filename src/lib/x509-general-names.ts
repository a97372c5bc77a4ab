import { isUtf8 } from "node:buffer";
import { children, contents, DerError, type Element, readElement, slice } from "./der-reader.ts";

/** A GeneralName (RFC 5280 section 4.2.1.6) by its tag, as it stands in the DER. */
export interface RawGeneralName {
  /** `NAME_TAGS` says which; any other is of a kind that we do not look into. */
  readonly tag: number;
  readonly content: Buffer;
}

export const NAME_TAGS = { email: 0x81, dns: 0x82, uri: 0x86, address: 0x87, directory: 0xa4 } as const;

/** Reads GeneralNames: at least one. Throws DerError for anything else. */
export function readGeneralNames(der: Uint8Array): RawGeneralName[] {
  const list = readElement(der);
  if (list.tag !== SEQUENCE || list.end !== der.length) throw new DerError("no GeneralNames");
  const names = children(der, list).map((element) => ({ tag: element.tag, content: contents(der, element) }));
  if (names.length === 0) throw new DerError("GeneralNames without a name");
  if (names.some(({ tag }) => !TAGS.has(tag))) throw new DerError("a GeneralName of an unknown kind");
  return names;
}

/** What names a CA's certificates allow, and forbid, below it (RFC 5280 section 4.2.1.10). */
export interface NameConstraints {
  readonly permitted: readonly RawGeneralName[];
  readonly excluded: readonly RawGeneralName[];
}

/** Reads the value of a nameConstraints extension. Throws DerError for anything else, and for a base that cannot be compared. */
export function readNameConstraints(der: Uint8Array): NameConstraints {
  const whole = readElement(der);
  if (whole.tag !== SEQUENCE || whole.end !== der.length) throw new DerError("no NameConstraints");
  const parts = children(der, whole);
  if (parts.some(({ tag }) => tag !== PERMITTED && tag !== EXCLUDED)) throw new DerError("no NameConstraints");
  const subtrees = (tag: number): RawGeneralName[] =>
    parts
      .filter((part) => part.tag === tag)
      .flatMap((part) => children(der, part))
      .map((subtree) => {
        const [base] = children(der, subtree);
        if (!base) throw new DerError("a GeneralSubtree without a base");
        const content = contents(der, base);
        if (!TAGS.has(base.tag)) throw new DerError("a GeneralName of an unknown kind");
        if (base.tag === NAME_TAGS.directory) comparableNames(content);
        return { tag: base.tag, content };
      });
  return { permitted: subtrees(PERMITTED), excluded: subtrees(EXCLUDED) };
}

/**
 * The relative names of a Name, each comparable with others: case, repeated spaces and the kind of string make no
 * difference (RFC 5280 section 7.1). Throws DerError for a value that is none of the strings of RFC 5280 section 4.1.2.4:
 * what programs read differently cannot be compared.
 */
export function comparableNames(name: Uint8Array): string[] {
  const whole = readElement(name);
  if (whole.end !== name.length) throw new DerError("no Name");
  return within(name, whole, SEQUENCE).map((relative) =>
    within(name, relative, SET)
      .map((attribute) => {
        const [type, value, ...more] = within(name, attribute, SEQUENCE);
        if (!type || !value || more.length > 0) throw new DerError("no AttributeTypeAndValue");
        const decode = DECODERS[value.tag];
        if (!decode) throw new DerError(`a value of tag ${value.tag} in a Name`);
        const text = decode(contents(name, value));
        return `${slice(name, type).toString("hex")}=${text.toLowerCase().replaceAll(/\s+/g, " ").trim()}`;
      })
      .sort()
      .join("+"),
  );
}

function within(bytes: Uint8Array, element: Element, tag: number): Element[] {
  if (element.tag !== tag) throw new DerError("no Name");
  return children(bytes, element);
}

/** Those that are none stand for the character that says so. */
function codePoints(bytes: Buffer): number[] {
  return Array.from({ length: Math.floor(bytes.length / 4) }, (_, at) => bytes.readUInt32BE(4 * at)).map((point) =>
    point > 0x10ffff ? 0xfffd : point,
  );
}

const utf8 = (bytes: Buffer): string => bytes.toString("utf8");

/** UTF8String, PrintableString and IA5String; TeletexString, which everybody reads as Latin-1; UniversalString and BMPString. */
const DECODERS: Readonly<Record<number, (bytes: Buffer) => string>> = {
  0x0c(bytes) {
    if (!isUtf8(bytes)) throw new DerError("a UTF8String that is none");
    return utf8(bytes);
  },
  0x13: utf8,
  0x16: utf8,
  0x14: (bytes) => bytes.toString("latin1"),
  0x1c: (bytes) =>
    codePoints(bytes)
      .map((point) => String.fromCodePoint(point))
      .join(""),
  0x1e: (bytes) =>
    Buffer.from(bytes.subarray(0, bytes.length & ~1))
      .swap16()
      .toString("utf16le"),
};
const SEQUENCE = 0x30;
const SET = 0x31;
const PERMITTED = 0xa0;
const EXCLUDED = 0xa1;
const TAGS: ReadonlySet<number> = new Set([0xa0, 0x81, 0x82, 0xa3, 0xa4, 0xa5, 0x86, 0x87, 0x88]);
