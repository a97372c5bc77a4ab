import type { Field } from "#edge/http/fields.ts";
import { lookalike } from "#edge/http1/lookalike.ts";

/** A header as HPACK carries it, judged once: tables hold it, and every request that names it by its index shares it. */
export interface Header {
  readonly field: Field;
  /** What it counts in a table and in a list (RFC 7541 section 4.1). */
  readonly size: number;
  readonly kind: HeaderKind;
  /** What it is if its value is valid. */
  readonly nameKind: HeaderKind;
}

/** What a header means to HTTP/2; a number, because it is asked for every header. */
export type HeaderKind = (typeof KIND)[keyof typeof KIND];

export const KIND = {
  /** Means nothing to us. */
  plain: 0,
  cookie: 1,
  host: 2,
  contentLength: 3,
  expect: 4,
  te: 5,
  method: 6,
  scheme: 7,
  authority: 8,
  path: 9,
  status: 10,
  /** About one connection: has no place in HTTP/2 (RFC 9113 section 8.2.2). */
  connection: 11,
  unknownPseudo: 12,
  /** Characters that no field may have (RFC 9113 section 8.2.1). */
  invalid: 13,
  /** Names that a target of HTTP/1.1 may take for one of framing. */
  likeContentLength: 14,
  likeTransferEncoding: 15,
} as const;

/** Judges a header of which nothing is known; each character is a byte. */
export function header(name: string, value: string): Header {
  return made(name, value, isFieldName(name) ? (KINDS.get(name) ?? ordinaryKind(name)) : KIND.invalid);
}

/** The same for a name that was judged before. */
export function headerNamed(known: Header, value: string): Header {
  return made(known.field.name, value, known.nameKind);
}

/** Whether a field's value is one: no control characters but tabs, no white space at its ends. */
export function isFieldValue(value: string): boolean {
  const { length } = value;
  if (length === 0) return true;
  for (let i = 0; i < length; i++) if (VALUE_BYTES[value.charCodeAt(i)] !== 1) return false;
  const first = value.charCodeAt(0);
  const last = value.charCodeAt(length - 1);
  return first !== SPACE && first !== TAB && last !== SPACE && last !== TAB;
}

/** A token in lower case, or a pseudo field's name. */
function isFieldName(name: string): boolean {
  const start = name.charCodeAt(0) === COLON ? 1 : 0;
  for (let i = start; i < name.length; i++) if (NAME_BYTES[name.charCodeAt(i)] !== 1) return false;
  return name.length > start;
}

function ordinaryKind(name: string): HeaderKind {
  if (name.charCodeAt(0) === COLON) return KIND.unknownPseudo;
  switch (lookalike(name)) {
    case "lookalike-content-length":
      return KIND.likeContentLength;
    case "lookalike-transfer-encoding":
      return KIND.likeTransferEncoding;
    default:
      return KIND.plain;
  }
}

function made(name: string, value: string, nameKind: HeaderKind): Header {
  return {
    field: { name, key: name, value },
    size: name.length + value.length + OVERHEAD,
    kind: isFieldValue(value) ? nameKind : KIND.invalid,
    nameKind,
  };
}

/** RFC 7541 section 4.1. */
const OVERHEAD = 32;
const SPACE = 32;
const TAB = 9;
const COLON = 58;

const KINDS: ReadonlyMap<string, HeaderKind> = new Map<string, HeaderKind>([
  ["cookie", KIND.cookie],
  ["host", KIND.host],
  ["content-length", KIND.contentLength],
  ["expect", KIND.expect],
  ["te", KIND.te],
  [":method", KIND.method],
  [":scheme", KIND.scheme],
  [":authority", KIND.authority],
  [":path", KIND.path],
  [":status", KIND.status],
  ["connection", KIND.connection],
  ["proxy-connection", KIND.connection],
  ["keep-alive", KIND.connection],
  ["transfer-encoding", KIND.connection],
  ["upgrade", KIND.connection],
]);

/** Those of a token (RFC 9110 section 5.6.2) but capitals. */
const NAME_BYTES: Uint8Array = new Uint8Array(256);
for (const character of "!#$%&'*+-.^_`|~0123456789abcdefghijklmnopqrstuvwxyz") NAME_BYTES[character.charCodeAt(0)] = 1;

/** Like every other implementation of HTTP/2, we are stricter than its RFC demands: a target may take a control character for an end. */
const VALUE_BYTES: Uint8Array = Uint8Array.from({ length: 256 }, (_, byte) =>
  (byte >= 32 && byte !== 127) || byte === TAB ? 1 : 0,
);
