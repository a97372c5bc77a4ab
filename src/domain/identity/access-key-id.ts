import { type AccountId, parseAccountId } from "#domain/names.ts";

/**
 * A long-term access key's id from ten random bytes in hexadecimal. As AWS's do, it says whose it is: `AKIA` and in
 * base32 one bit set, the account in 40 bits, and 39 bits of randomness. It is a name, not a secret.
 */
export function accessKeyId(account: AccountId, randomHex: string): string {
  return `AKIA${letters(account, randomHex)}`;
}

/** As `accessKeyId`, of temporary credentials: `ASIA…`. */
export function temporaryKeyId(account: AccountId, randomHex: string): string {
  return `ASIA${letters(account, randomHex)}`;
}

/** Whether an access key's id is one of temporary credentials. */
export function isTemporary(id: string): boolean {
  return id.startsWith("ASIA");
}

/** The account that an access key's id says. It may be made up. */
export function accountOfKeyId(id: string): AccountId | undefined {
  if (!/^A[KS]IA[A-Z2-7]{16}$/.test(id)) return undefined;
  const bits = Array.from(id.slice(4)).reduce((value, letter) => value * 32n + BigInt(ALPHABET.indexOf(letter)), 0n);
  return parseAccountId(String((bits >> RANDOM_BITS) & ACCOUNT_MASK).padStart(12, "0"));
}

function letters(account: AccountId, randomHex: string): string {
  const random = BigInt(`0x${randomHex}`) & ((1n << RANDOM_BITS) - 1n);
  const bits = (1n << 79n) | (BigInt(account) << RANDOM_BITS) | random;
  const values = Array.from({ length: LETTERS }, (_, index) => (bits >> BigInt(5 * (LETTERS - 1 - index))) & 31n);
  return values.map((value) => ALPHABET[Number(value)]).join("");
}

/** RFC 4648 section 6. */
const ALPHABET = "ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";
const LETTERS = 16;
const RANDOM_BITS = 39n;
const ACCOUNT_MASK = (1n << 40n) - 1n;
