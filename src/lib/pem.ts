/** One block of a PEM text (RFC 7468). */
export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
  /** Of its BEGIN line, counted from 1. */
  readonly line: number;
}

/** A text that is not PEM; `message` names the line and what is wrong with it. */
export class PemError extends Error {
  override readonly name = "PemError";
}

/** The PEM text of something public. Private keys never become strings: see `privatePem`. */
export function pem(label: string, der: Uint8Array): string {
  const base64 = Buffer.from(der.buffer, der.byteOffset, der.length).toString("base64");
  const lines = base64.match(/.{1,64}/g) ?? [];
  return [`-----BEGIN ${label}-----`, ...lines, `-----END ${label}-----`, ""].join("\n");
}

/**
 * PEM as bytes that can be wiped, without a string in between: what node:tls takes for a private key.
 * The caller wipes both `der` and the result.
 */
export function privatePem(label: string, der: Uint8Array): Buffer {
  const head = `-----BEGIN ${label}-----\n`;
  const tail = `-----END ${label}-----\n`;
  const digits = 4 * Math.ceil(der.length / 3);
  const out = Buffer.alloc(head.length + digits + Math.ceil(digits / LINE) + tail.length);
  let at = out.write(head, "latin1");
  let column = 0;
  const digit = (value: number | undefined): void => {
    out[at++] = value === undefined ? PADDING : (ALPHABET[value & 63] ?? 0);
    if (++column === LINE) {
      out[at++] = NEWLINE;
      column = 0;
    }
  };
  for (let i = 0; i < der.length; i += 3) {
    const [a = 0, b, c] = [der[i], der[i + 1], der[i + 2]];
    digit(a >> 2);
    digit((a << 4) | ((b ?? 0) >> 4));
    digit(b === undefined ? undefined : (b << 2) | ((c ?? 0) >> 6));
    digit(c);
  }
  if (column > 0) out[at++] = NEWLINE;
  at += out.write(tail, at, "latin1");
  return out.subarray(0, at);
}

/** The blocks of a text that holds nothing but PEM blocks and white space, at most `most`. Throws PemError. */
export function parsePem(text: string, most: number): PemBlock[] {
  const blocks: PemBlock[] = [];
  let open: { label: string; line: number; base64: string[] } | undefined;
  for (const [index, raw] of text.split(/\r\n|\n|\r/).entries()) {
    const line = raw.trim();
    const where = `line ${index + 1}`;
    const [, side, label] = /^-----(BEGIN|END) ([A-Z0-9 ]{1,64})-----$/.exec(line) ?? [];
    if (side === "BEGIN" && label !== undefined) {
      if (open) throw new PemError(`${where} begins a block inside another`);
      if (blocks.length === most) throw new PemError(`there are more than ${most} blocks`);
      open = { label, line: index + 1, base64: [] };
    } else if (side === "END") {
      if (open?.label !== label || !open) throw new PemError(`${where} ends a block that was not begun`);
      blocks.push({ label: open.label, line: open.line, der: decode(open.base64.join(""), open.line) });
      open = undefined;
    } else if (line !== "") {
      if (!open) throw new PemError(`${where} stands outside of a -----BEGIN … block`);
      if (!/^[A-Za-z0-9+/]+={0,2}$/.test(line)) throw new PemError(`${where} is not base64`);
      open.base64.push(line);
    }
  }
  if (open) throw new PemError(`the block that begins in line ${open.line} has no -----END ${open.label}----- line`);
  return blocks;
}

function decode(base64: string, line: number): Buffer {
  const der = Buffer.from(base64, "base64");
  if (der.length === 0 || der.toString("base64") !== base64) {
    throw new PemError(`the block that begins in line ${line} is not whole base64`);
  }
  return der;
}

const LINE = 64;
const NEWLINE = 0x0a;
const PADDING = 0x3d;
const ALPHABET = Buffer.from("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/");
