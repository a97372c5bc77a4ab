/** The Huffman code of HPACK (RFC 7541 section 5.2 and appendix B). */

/** Decodes `bytes[from..to)` into `out` from its beginning; answers how many bytes came out, or -1 when it is no Huffman code or does not fit. */
export function decodeHuffman(bytes: Uint8Array, from: number, to: number, out: Uint8Array): number {
  let state = 0;
  let length = 0;
  const room = out.length - 2; // one byte never holds more than two symbols
  for (let at = from; at < to; at++) {
    const byte = bytes[at] as number;
    if (length > room) return -1;
    const high = STEPS[(state << 4) | (byte >> 4)] as number;
    if (high & EMITS) out[length++] = high >> SYMBOL;
    const low = STEPS[((high & STATE) << 4) | (byte & 15)] as number;
    if (low & EMITS) out[length++] = low >> SYMBOL;
    if ((high | low) & FAILS) return -1;
    state = low & STATE;
  }
  return MAY_END[state] ? length : -1;
}

/** How many bytes `text`, of latin1 characters, takes when it is coded. */
export function huffmanLength(text: string): number {
  let bits = 0;
  for (let i = 0; i < text.length; i++) bits += LENGTHS[text.charCodeAt(i) & 255] as number;
  return (bits + 7) >> 3;
}

/** Codes `text` into `out` at `at`, where there must be room for it; answers where it ends. */
export function encodeHuffman(text: string, out: Uint8Array, at: number): number {
  let held = 0;
  let bits = 0;
  let end = at;
  for (let i = 0; i < text.length; i++) {
    const symbol = text.charCodeAt(i) & 255;
    let code = CODES[symbol] as number;
    let length = LENGTHS[symbol] as number;
    if (length > 24) {
      // Together with what is held (7 bits at most) it would not fit into 31: the first bits go alone.
      length -= 16;
      held = (held << length) | (code >> 16);
      bits += length;
      while (bits >= 8) out[end++] = (held >> (bits -= 8)) & 255;
      held &= (1 << bits) - 1;
      code &= 0xffff;
      length = 16;
    }
    held = (held << length) | code;
    bits += length;
    while (bits >= 8) out[end++] = (held >> (bits -= 8)) & 255;
    held &= (1 << bits) - 1;
  }
  if (bits > 0) out[end++] = (held << (8 - bits)) | (255 >> bits); // padded with the beginning of EOS, which is all ones
  return end;
}

/** Bits of each symbol's code, 256 = EOS (appendix B). The code is canonical: lengths tell the codes. */
// biome-ignore format: a table of sixteen columns
const LENGTHS: Uint8Array = Uint8Array.of(
  13, 23, 28, 28, 28, 28, 28, 28, 28, 24, 30, 28, 28, 30, 28, 28,
  28, 28, 28, 28, 28, 28, 30, 28, 28, 28, 28, 28, 28, 28, 28, 28,
   6, 10, 10, 12, 13,  6,  8, 11, 10, 10,  8, 11,  8,  6,  6,  6,
   5,  5,  5,  6,  6,  6,  6,  6,  6,  6,  7,  8, 15,  6, 12, 10,
  13,  6,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,  7,
   7,  7,  7,  7,  7,  7,  7,  7,  8,  7,  8, 13, 19, 13, 14,  6,
  15,  5,  6,  5,  6,  5,  6,  6,  6,  5,  7,  7,  6,  6,  6,  5,
   6,  7,  6,  5,  5,  6,  7,  7,  7,  7,  7, 15, 11, 14, 13, 28,
  20, 22, 20, 20, 22, 22, 22, 23, 22, 23, 23, 23, 23, 23, 24, 23,
  24, 24, 22, 23, 24, 23, 23, 23, 23, 21, 22, 23, 22, 23, 23, 24,
  22, 21, 20, 22, 22, 23, 23, 21, 23, 22, 22, 24, 21, 22, 23, 23,
  21, 21, 22, 21, 23, 22, 23, 23, 20, 22, 22, 22, 23, 22, 22, 23,
  26, 26, 20, 19, 22, 23, 22, 25, 26, 26, 26, 27, 27, 26, 24, 25,
  19, 21, 26, 27, 27, 26, 27, 24, 21, 21, 26, 26, 28, 27, 27, 27,
  20, 24, 20, 21, 22, 21, 21, 23, 22, 22, 25, 25, 24, 24, 26, 23,
  26, 27, 26, 26, 27, 27, 27, 27, 27, 28, 27, 27, 27, 27, 27, 26,
  30,
);

const EOS = 256;

/** Codes in order of length, then of symbol. */
function canonicalCodes(lengths: Uint8Array): Uint32Array {
  const codes = new Uint32Array(lengths.length);
  let next = 0;
  for (let length = 1; length <= 30; length++) {
    for (let symbol = 0; symbol < lengths.length; symbol++) if (lengths[symbol] === length) codes[symbol] = next++;
    next <<= 1;
  }
  return codes;
}

const CODES: Uint32Array = canonicalCodes(LENGTHS);

/** A step of the decoder: the state it leads to, whether that ends a symbol, and which. States are the inner nodes of the code's tree. */
const STATE = 0x1ff;
const EMITS = 0x200;
const FAILS = 0x400;
const SYMBOL = 16;

/** The decoder by half bytes, and the states in which a string may end: up to seven ones behind the last symbol. */
function machine(): { steps: Uint32Array; mayEnd: Uint8Array } {
  const children: [number, number][] = [[0, 0]]; // of each inner node: an inner node, or -1 - symbol
  for (let symbol = 0; symbol <= EOS; symbol++) {
    let node = 0;
    for (let bit = (LENGTHS[symbol] as number) - 1; bit >= 0; bit--) {
      const side = ((CODES[symbol] as number) >> bit) & 1;
      const pair = children[node] as [number, number];
      if (bit === 0) pair[side] = -1 - symbol;
      else if (pair[side] === 0) pair[side] = children.push([0, 0]) - 1;
      node = pair[side] as number;
    }
  }
  const steps = new Uint32Array(children.length * 16);
  for (let state = 0; state < children.length; state++) {
    for (let half = 0; half < 16; half++) {
      let node = state;
      let made = 0;
      for (let bit = 3; bit >= 0; bit--) {
        const next = (children[node] as [number, number])[(half >> bit) & 1] as number;
        if (next === -1 - EOS) made |= FAILS;
        else if (next < 0) made |= EMITS | ((-1 - next) << SYMBOL);
        node = Math.max(next, 0);
      }
      steps[(state << 4) | half] = made | node;
    }
  }
  const mayEnd = new Uint8Array(children.length);
  for (let ones = 0, node = 0; ones < 8; ones++, node = (children[node] as [number, number])[1]) mayEnd[node] = 1;
  return { steps, mayEnd };
}

const { steps: STEPS, mayEnd: MAY_END } = machine();
