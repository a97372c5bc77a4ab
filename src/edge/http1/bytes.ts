/** What a byte may be part of: tables, since the parsers ask for every byte that comes. */

/** RFC 9110 section 5.6.2. */
export const TOKEN: Uint8Array = table((byte) =>
  "!#$%&'*+-.^_`|~0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".includes(String.fromCharCode(byte)),
);

/** A field's value (RFC 9110 section 5.5): never NUL, CR and LF; other control characters are `UNUSUAL`. */
export const VALUE: Uint8Array = table((byte) => byte !== 0 && byte !== 10 && byte !== 13);
export const UNUSUAL = 3;
for (let byte = 0; byte < 256; byte++) {
  if (VALUE[byte] === 1 && ((byte < 32 && byte !== 9) || byte === 127)) VALUE[byte] = UNUSUAL;
}

/**
 * A request target: every visible character but `#`, of which only a client knows what it means, and every byte above
 * ASCII, which clients send and targets understand (RFC 3986 would have them escaped).
 */
export const TARGET: Uint8Array = table((byte) => byte > 32 && byte !== 127 && byte !== 35);

/** A registered name or IPv4 address (RFC 3986 section 3.2.2), as in `Host`. */
export const HOST: Uint8Array = table((byte) =>
  "-._~%!$&'()*+,;=0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz".includes(String.fromCharCode(byte)),
);

/** The value of a hexadecimal digit, 255 for everything else. */
export const HEX: Uint8Array = new Uint8Array(256).fill(255);
for (let digit = 0; digit < 16; digit++) {
  const character = digit.toString(16);
  HEX[character.charCodeAt(0)] = digit;
  HEX[character.toUpperCase().charCodeAt(0)] = digit;
}

export const TAB = 9;
export const LF = 10;
export const CR = 13;
export const SPACE = 32;
export const COLON = 58;

/** Whether all characters of a text are in the table; false for one beyond latin1, and for an empty text. */
export function consistsOf(table: Uint8Array, text: string): boolean {
  for (let i = 0; i < text.length; i++) if (table[text.charCodeAt(i)] !== 1) return false;
  return text.length > 0;
}

function table(has: (byte: number) => boolean): Uint8Array {
  return Uint8Array.from({ length: 256 }, (_, byte) => (has(byte) ? 1 : 0));
}
