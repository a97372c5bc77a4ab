import { createECDH, createHash, createPrivateKey, createPublicKey, generateKeyPairSync, verify } from "node:crypto";
import { describe, expect, test } from "vitest";
import { isDigestSignature, signDigest } from "./ecdsa-digest.ts";

/** RFC 6979 appendix A.2: the nonces are known there, and so are the signatures. */
const KNOWN = [
  {
    curve: "prime256v1",
    jwk: "P-256",
    secret: "c9afa9d845ba75166b5c215767b1d6934e50c3db36e89b127b8a622b120f6721",
    hash: "sha256",
    nonce: "a6e3c57dd01abe90086538398355dd4c3b17aa873382b0f24d6129493d8aad60",
    r: "efd48b2aacb6a8fd1140dd9cd45e81d69d2c877b56aaf991c34d0ea84eaf3716",
    s: "f7cb1c942d657c41d436c7a1b6e29f65f3e900dbb9aff4064dc4ab2f843acda8",
  },
  {
    curve: "secp384r1",
    jwk: "P-384",
    secret: "6b9d3dad2e1b8c1c05b19875b6659f4de23c3b667bf297ba9aa47740787137d896d5724e4c70a825f872c9ea60d2edf5",
    hash: "sha384",
    nonce: "94ed910d1a099dad3254e9242ae85abde4ba15168eaf0ca87a555fd56d10fbca2907e3e83ba95368623b8c4686915cf9",
    r: "94edbb92a5ecb8aad4736e56c691916b3f88140666ce9fa73d64c4ea95ad133c81a648152e44acf96e36dd1e80fabe46",
    s: "99ef4aeb15f178cea1fe40db2603138f130e740a19624526203b6351d0a3a94fa329c145786e679e7b82c71a38628ac8",
  },
] as const;

test.for(KNOWN)("signs as RFC 6979 does with the same nonce: $curve", ({ curve, jwk, secret, hash, nonce, r, s }) => {
  const own = createECDH(curve);
  own.setPrivateKey(secret, "hex");
  const point = own.getPublicKey();
  const half = (point.length - 1) / 2;
  const base64url = (bytes: Buffer): string => bytes.toString("base64url");
  const [x, y] = [point.subarray(1, 1 + half), point.subarray(1 + half)].map(base64url);
  const key = createPrivateKey({
    key: { kty: "EC", crv: jwk, x, y, d: base64url(Buffer.from(secret, "hex")) } as never,
    format: "jwk",
  });
  const digest = createHash(hash).update("sample").digest();
  const signature = signDigest(key, digest, () => {
    const ecdh = createECDH(curve);
    ecdh.setPrivateKey(nonce, "hex");
    return ecdh;
  });
  expect(signature.toString("hex")).toMatch(new RegExp(`0*${r}02..(00)?${s}$`));
  expect(isDigestSignature(createPublicKey(key), digest, signature)).toBe(true);
});

describe.for([
  ["prime256v1", "sha256"],
  ["secp384r1", "sha384"],
  ["secp521r1", "sha512"],
  ["secp256k1", "sha256"],
] as const)("%s", ([namedCurve, hash]) => {
  const { privateKey, publicKey } = generateKeyPairSync("ec", { namedCurve });

  test("OpenSSL verifies what is signed, and what it signs is verified", () => {
    for (let i = 0; i < 20; i++) {
      const message = Buffer.from(`message ${i}`);
      const digest = createHash(hash).update(message).digest();
      const signature = signDigest(privateKey, digest);
      expect(verify(hash, message, publicKey, signature)).toBe(true);
      expect(isDigestSignature(publicKey, digest, signature)).toBe(true);
      expect(isDigestSignature(publicKey, createHash(hash).update("x").digest(), signature)).toBe(false);
    }
  });

  test("a digest that is above the order, or nothing, is signed as the others are", () => {
    const { length } = createHash(hash).digest();
    for (const digest of [Buffer.alloc(length, 0xff), Buffer.alloc(length)]) {
      expect(isDigestSignature(publicKey, digest, signDigest(privateKey, digest))).toBe(true);
    }
  });
});
