import type { AccountId } from "#domain/names.ts";

/**
 * A long-term access key's id from ten random bytes in hexadecimal. As AWS's do, it says whose it is: `AKIA` and in
 * base32 one bit set, the account in 40 bits, and 39 bits of randomness. It is a name, not a secret.
 */
export function accessKeyId(account: AccountId, randomHex: string): string {
  const random = BigInt(`0x${randomHex}`) & ((1n << RANDOM_BITS) - 1n);
  const bits = (1n << 79n) | (BigInt(account) << RANDOM_BITS) | random;
  const letters = Array.from({ length: LETTERS }, (_, index) => (bits >> BigInt(5 * (LETTERS - 1 - index))) & 31n);
  return `AKIA${letters.map((value) => ALPHABET[Number(value)]).join("")}`;
}

/** RFC 4648 section 6. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LETTERS = 16;
const RANDOM_BITS = 39n;
