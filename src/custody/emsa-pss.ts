import { createHash, randomBytes, timingSafeEqual } from "node:crypto";

/**
 * A digest padded for RSASSA-PSS, with MGF1 of the same hash and a salt of its length (RFC 8017 section 9.1.1). There is
 * no secret in it.
 */
export function encodePss(digest: Uint8Array, hash: string, modulusBits: number): Buffer {
  return encode(digest, randomBytes(digest.length), hash, modulusBits);
}

/** Whether `encoded` is that digest, padded (section 9.1.2). */
export function fitsPss(encoded: Buffer, digest: Uint8Array, hash: string, modulusBits: number): boolean {
  const length = Math.ceil((modulusBits - 1) / 8);
  if (encoded.length !== length || encoded.at(-1) !== TRAILER) return false;
  const maskedLength = length - digest.length - 1;
  const seed = encoded.subarray(maskedLength, length - 1);
  const block = xor(encoded.subarray(0, maskedLength), mask(seed, maskedLength, hash));
  const salt = block.subarray(maskedLength - digest.length);
  // Whatever else is wrong, padding the same digest with that salt gives something else.
  return timingSafeEqual(encode(digest, salt, hash, modulusBits), encoded);
}

function encode(digest: Uint8Array, salt: Uint8Array, hash: string, modulusBits: number): Buffer {
  const length = Math.ceil((modulusBits - 1) / 8);
  const seed = createHash(hash).update(Buffer.alloc(8)).update(digest).update(salt).digest();
  const block = Buffer.alloc(length - digest.length - 1);
  block[block.length - salt.length - 1] = 1;
  block.set(salt, block.length - salt.length);
  const masked = xor(block, mask(seed, block.length, hash));
  masked[0] = (masked[0] ?? 0) & (0xff >> (8 * length - (modulusBits - 1)));
  return Buffer.concat([masked, seed, Buffer.from([TRAILER])]);
}

/** MGF1 (appendix B.2.1). */
function mask(seed: Uint8Array, length: number, hash: string): Buffer {
  const blocks: Buffer[] = [];
  for (let have = 0, counter = 0; have < length; counter++) {
    const number = Buffer.alloc(4);
    number.writeUInt32BE(counter);
    const block = createHash(hash).update(seed).update(number).digest();
    blocks.push(block);
    have += block.length;
  }
  return Buffer.concat(blocks).subarray(0, length);
}

function xor(one: Uint8Array, other: Uint8Array): Buffer {
  return Buffer.from(one.map((byte, i) => byte ^ (other[i] ?? 0)));
}

const TRAILER = 0xbc;
