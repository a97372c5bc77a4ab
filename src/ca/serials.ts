import { randomFillSync } from "node:crypto";

/**
 * A fresh serial number: 16 bytes from a CSPRNG with the top bit 0 and the next 1, so that it is positive, of constant
 * length and has 126 unpredictable bits (BR 7.1.2.7 asks for 64).
 */
export function freshSerial(): Buffer {
  if (used + SERIAL > pool.length) {
    randomFillSync(pool);
    used = 0;
  }
  const serial = Buffer.from(pool.subarray(used, used + SERIAL));
  pool.fill(0, used, used + SERIAL);
  used += SERIAL;
  serial[0] = ((serial[0] ?? 0) & 0x3f) | 0x40;
  return serial;
}

const SERIAL = 16;
// Asking OpenSSL once for many serials costs a hundredth of asking for each; what was given out is wiped.
const pool = Buffer.alloc(256 * SERIAL);
let used: number = pool.length;
