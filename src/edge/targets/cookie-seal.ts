import { createCipheriv, createDecipheriv } from "node:crypto";
import { digest } from "#lib/keyed-hash.ts";

/** What a stickiness cookie says. */
export interface Sealed {
  /** Whom it sticks to: the 8 bytes of a badge, as latin1. */
  readonly badge: string;
  /** When it was given, in seconds since 1970. */
  readonly at: number;
}

/** Which cookie: one kind is worth nothing in the place of another. */
export type SealKind = "target" | "group" | "application";

/**
 * Makes and reads the values of stickiness cookies: 22 characters that tell nothing, and that nobody can make who has not
 * the key. A value is one block of AES-256: 8 bytes of whom, 4 of when, and 4 that must be right (a block cipher is a
 * permutation of all blocks, so that a changed value opens to chance: encode-then-encipher, Bellare and Rogaway, 2000).
 */
export interface CookieSeal {
  seal(kind: SealKind, sealed: Sealed): string;
  /** Undefined for what is no value of ours. */
  open(kind: SealKind, value: string): Sealed | undefined;
  /** The badge of whatever these words name; the same wherever the key is the same. */
  badge(...words: readonly string[]): string;
}

/**
 * `secret` is what all edges of a load balancer share and clients do not know. Whoever knows it can make a cookie for a
 * registered target, and nothing else: badges are only looked up.
 */
export function cookieSeal(secret: string): CookieSeal {
  const key = digest("stickiness cookies", secret);
  // One of each for all blocks: in ECB they do not depend on one another, and making one takes longer than using it.
  const cipher = createCipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  const decipher = createDecipheriv("aes-256-ecb", key, null).setAutoPadding(false);
  const block = Buffer.alloc(BLOCK);
  return {
    seal(kind, { badge, at }) {
      block.write(badge, 0, BADGE, "latin1");
      block.writeUInt32BE(at, BADGE);
      block.writeUInt32BE(KINDS[kind], BADGE + 4);
      return cipher.update(block).toString("base64url");
    },
    open(kind, value) {
      if (value.length !== SEALED_LENGTH || block.write(value, 0, BLOCK, "base64url") !== BLOCK) return undefined;
      const opened = decipher.update(block);
      if (opened.readUInt32BE(BADGE + 4) !== KINDS[kind]) return undefined;
      return { badge: opened.toString("latin1", 0, BADGE), at: opened.readUInt32BE(BADGE) };
    },
    badge: (...words) => digest(secret, ...words).toString("latin1", 0, BADGE),
  };
}

/** Characters of a sealed value. */
export const SEALED_LENGTH = 22;

const BLOCK = 16;
const BADGE = 8;
const KINDS: Readonly<Record<SealKind, number>> = {
  target: 0x5441_5247,
  group: 0x4752_4f55,
  application: 0x4150_504c,
};
