import { argon2Sync, createHash, createPublicKey } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import type { EncryptionAlgorithm, KeySpec, MacAlgorithm, SigningAlgorithm } from "#domain/keys/key-specs.ts";
import { Refusal } from "#domain/refusal.ts";
import { encode, integer, oid, sequence } from "#lib/der.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { openStore } from "#store/store.ts";
import { caller, type KeyWorld, keyWorld } from "../../tests/support/key-world.ts";
import { ecPkcs8, type KnownMaterial, knownKey, latticePkcs8, pairOf, spkiOf } from "../../tests/support/known-key.ts";
import { hex, type Vector, vectors } from "../../tests/support/vectors.ts";
import { decrypt } from "./decrypt.ts";
import { unwrapPadded, wrapPadded } from "./key-wrap.ts";
import { generateMac, verifyMac } from "./mac.ts";
import { decapsulateSecret, deriveSharedSecret } from "./shared-secrets.ts";
import { signWith, verifySignature } from "./sign.ts";

/**
 * KMS's operations on keys whose material is that of published tests. KMS serves them, journals them and answers in its
 * own words; the bytes must be those of the vectors.
 */
let world: KeyWorld;
beforeEach(async () => {
  const store = await openStore("file::memory:");
  world = keyWorld(store);
  return async () => {
    await world.journal.flush();
    await store.destroy();
  };
});

const OPTIONS = { grantTokens: [], dryRun: false } as const;

describe("Verify", () => {
  const rsa = ["RSA_2048", "RSA_3072", "RSA_4096"] as const;
  type RsaSpec = (typeof rsa)[number];
  interface SignatureGroup {
    readonly spec: RsaSpec;
    readonly spki: string;
    readonly hash: string;
    readonly salt?: number;
  }

  test.for([
    ["RSASSA_PKCS1_V1_5", "rsassa-pkcs1-2048-sha-256"],
    ["RSASSA_PKCS1_V1_5", "rsassa-pkcs1-2048-sha-384"],
    ["RSASSA_PKCS1_V1_5", "rsassa-pkcs1-2048-sha-512"],
    ["RSASSA_PKCS1_V1_5", "rsassa-pkcs1-3072-sha-256"],
    ["RSASSA_PKCS1_V1_5", "rsassa-pkcs1-4096-sha-512"],
    ["RSASSA_PSS", "rsassa-pss-2048-sha-256"],
    ["RSASSA_PSS", "rsassa-pss-2048-sha-256-salt-0"],
    ["RSASSA_PSS", "rsassa-pss-3072-sha-256"],
    ["RSASSA_PSS", "rsassa-pss-4096-sha-256"],
    ["RSASSA_PSS", "rsassa-pss-misc"],
  ] as const)("%s: %s", async ([scheme, file]) => {
    for (const vector of vectors<"msg" | "sig", SignatureGroup>(file)) {
      const { spec, spki, hash, salt } = vector;
      const bits = hash.replace("SHA-", "");
      const keyId = await keyFor({ spec, usage: "SIGN_VERIFY" }, { spki: hex(spki) });
      // KMS's PSS has a salt of the length of the digest, whatever else RFC 8017 would allow.
      const otherSalt = salt !== undefined && salt !== Number(bits) / 8;
      await verifies(keyId, `${scheme}_SHA_${bits}` as SigningAlgorithm, vector, otherSalt ? "invalid" : vector.result);
    }
  });

  test.for([
    ["ECC_NIST_P256", "ECDSA_SHA_256", "ecdsa-p256-sha-256"],
    ["ECC_NIST_P384", "ECDSA_SHA_384", "ecdsa-p384-sha-384"],
    ["ECC_NIST_P521", "ECDSA_SHA_512", "ecdsa-p521-sha-512"],
    ["ECC_SECG_P256K1", "ECDSA_SHA_256", "ecdsa-secp256k1-sha-256"],
  ] as const)("%s, %s: %s", async ([spec, algorithm, file]) => {
    for (const vector of vectors<"msg" | "sig", { readonly spki: string }>(file)) {
      const keyId = await keyFor({ spec, usage: "SIGN_VERIFY" }, { spki: hex(vector.spki) });
      await verifies(keyId, algorithm, vector, vector.result);
    }
  });

  test("ECDSA: NIST's", async () => {
    for (const vector of vectors<"curve" | "x" | "y" | "r" | "s" | "msg">("ecdsa-nist")) {
      const { curve, x, y, r, s } = vector;
      const { spec, algorithm, bytes } = NIST_CURVES[curve as keyof typeof NIST_CURVES];
      const coordinate = (text: string): string =>
        hex(text.padStart(2 * bytes, "0").slice(-2 * bytes)).toString("base64url");
      const jwk = { kty: "EC", crv: curve, x: coordinate(x), y: coordinate(y) };
      let spki: Buffer;
      try {
        spki = spkiOf(createPublicKey({ key: jwk, format: "jwk" }));
      } catch {
        expect(vector.result, `${vector.comment}: a point that is none`).toBe("invalid");
        continue;
      }
      const sig = encode(sequence(integer(hex(even(r))), integer(hex(even(s))))).toString("hex");
      const keyId = await keyFor({ spec, usage: "SIGN_VERIFY" }, { spki });
      await verifies(keyId, algorithm, { ...vector, sig }, vector.result);
    }
  });

  test("ED25519_SHA_512", async () => {
    for (const vector of vectors<"msg" | "sig", { readonly spki: string }>("ed25519")) {
      const keyId = await keyFor({ spec: "ECC_NIST_EDWARDS25519", usage: "SIGN_VERIFY" }, { spki: hex(vector.spki) });
      await verifies(keyId, "ED25519_SHA_512", vector, vector.result, ["RAW"]);
    }
  });

  test.for([44, 65, 87] as const)("ML_DSA_SHAKE_256: ML_DSA_%i", async (level) => {
    for (const vector of vectors<"msg" | "sig", { readonly raw: string }>(`ml-dsa-${level}`)) {
      const algorithm = sequence(oid(`2.16.840.1.101.3.4.3.${ML_DSA_ARC[level]}`));
      const bits = Buffer.concat([Buffer.of(0), hex(vector.raw)]);
      const spki = encode(sequence(algorithm, bitStringOf(bits)));
      const keyId = await keyFor({ spec: `ML_DSA_${level}`, usage: "SIGN_VERIFY" }, { spki });
      await verifies(keyId, "ML_DSA_SHAKE_256", vector, vector.result, ["RAW"]);
    }
  });

  /** Holds RAW and DIGEST against one vector. What is "acceptable" KMS may take or leave, but both ways must agree. */
  async function verifies(
    keyId: string,
    algorithm: SigningAlgorithm,
    { id, comment, msg, sig }: Vector & { readonly msg: string; readonly sig: string },
    expected: Vector["result"],
    types: readonly ("RAW" | "DIGEST")[] = ["RAW", "DIGEST"],
  ): Promise<void> {
    const bits = /_(\d+)$/.exec(algorithm)?.[1];
    const answers = [];
    for (const type of types) {
      const message = hex(msg);
      const bytes = type === "RAW" ? message : createHash(`sha${bits}`).update(message).digest();
      const request = { ...OPTIONS, keyId, algorithm, message: { type, bytes }, signature: hex(sig) };
      answers.push(await verifySignature(request, caller(), world).then(() => "valid", refusedAs("signature-invalid")));
    }
    if (expected !== "acceptable") {
      expect(answers, `${id}: ${comment}`).toEqual(types.map(() => expected));
    }
    expect(new Set(answers).size, `${id}: ${comment}: ${types.join(" and ")} differ`).toBe(1);
  }
});

describe("Sign", () => {
  test("ED25519_SHA_512 gives RFC 8032's signatures", async () => {
    for (const { secret, public: publicKey, msg, sig, comment } of vectors<"secret" | "public" | "msg" | "sig">(
      "ed25519-sign",
    )) {
      const pkcs8 = Buffer.concat([hex("302e020100300506032b657004220420"), hex(secret)]);
      const pair = pairOf(pkcs8);
      expect(pair.spki.toString("hex").endsWith(publicKey)).toBe(true);
      const keyId = await keyFor({ spec: "ECC_NIST_EDWARDS25519", usage: "SIGN_VERIFY" }, pair);
      const message = { type: "RAW", bytes: hex(msg) } as const;
      const request = { ...OPTIONS, keyId, algorithm: "ED25519_SHA_512", message } as const;
      const { signature } = await signWith(request, caller(), world);
      expect(signature.toString("hex"), comment).toBe(sig);
    }
  });

  test("ML_DSA_SHAKE_256 signs with the keys that NIST's seeds make, and their public halves verify it", async () => {
    for (const { comment, seed, public: publicKey } of vectors<"seed" | "public">("ml-dsa-keygen")) {
      const level = Number(comment.replace("ML-DSA-", "")) as 44 | 65 | 87;
      const pair = pairOf(latticePkcs8(`2.16.840.1.101.3.4.3.${ML_DSA_ARC[level]}`, { seed: hex(seed) }));
      expect(pair.spki.toString("hex").endsWith(publicKey), comment).toBe(true);
      const keyId = await keyFor({ spec: `ML_DSA_${level}`, usage: "SIGN_VERIFY" }, pair);
      const message = { type: "RAW", bytes: Buffer.from("a message") } as const;
      const request = { ...OPTIONS, keyId, algorithm: "ML_DSA_SHAKE_256", message } as const;
      const { signature } = await signWith(request, caller(), world);
      await verifySignature({ ...request, signature }, caller(), world);
    }
  });
});

describe("Decrypt", () => {
  test.for([
    ["RSAES_OAEP_SHA_1", "rsaes-oaep-sha-1"],
    ["RSAES_OAEP_SHA_256", "rsaes-oaep-sha-256"],
    ["RSAES_OAEP_SHA_256", "rsaes-oaep-3072-sha-256"],
    ["RSAES_OAEP_SHA_256", "rsaes-oaep-4096-sha-256"],
  ] as const)("%s: %s", async ([algorithm, file]) => {
    for (const { id, comment, msg, ct, label, result, ...group } of vectors<
      "msg" | "ct" | "label",
      { readonly spec: KeySpec; readonly pkcs8: string }
    >(file)) {
      const keyId = await keyFor({ spec: group.spec, usage: "ENCRYPT_DECRYPT" }, pairOf(hex(group.pkcs8)));
      // KMS has no label.
      expect(await decrypted(keyId, algorithm, ct), `${id}: ${comment}`).toBe(
        result === "valid" && label === "" ? msg : "ciphertext-invalid",
      );
    }
  });

  test("RSAES_OAEP_SHA_256 has SHA-256 in MGF1, too: what others mixed with SHA-1 is refused", async () => {
    for (const { ct, pkcs8 } of vectors<"ct", { readonly pkcs8: string }>("rsaes-oaep-sha-256-mgf1-sha-1")) {
      const keyId = await keyFor({ spec: "RSA_2048", usage: "ENCRYPT_DECRYPT" }, pairOf(hex(pkcs8)));
      expect(await decrypted(keyId, "RSAES_OAEP_SHA_256", ct)).toBe("ciphertext-invalid");
    }
  });

  async function decrypted(keyId: string, algorithm: EncryptionAlgorithm, ciphertext: string): Promise<string> {
    const request = { ...OPTIONS, keyId, algorithm, ciphertext: hex(ciphertext), context: {} };
    return await decrypt(request, caller(), world).then(
      ({ plaintext }) => {
        using clear = plaintext;
        return clear.bytes.toString("hex");
      },
      refusedAs("ciphertext-invalid", "ciphertext-invalid"),
    );
  }
});

describe("GenerateMac and VerifyMac", () => {
  test.for([224, 256, 384, 512] as const)("HMAC_SHA_%i", async (bits) => {
    const files = vectors<"key" | "msg" | "tag", { readonly tagSize: number; readonly hash?: number }>;
    const rfc = files("hmac-rfc4231").filter(({ hash }) => hash === bits);
    expect(rfc.length).toBeGreaterThan(4);
    for (const { id, comment, key, msg, tag, tagSize, result } of [...rfc, ...files(`hmac-sha-${bits}`)]) {
      const keyId = await keyFor({ spec: `HMAC_${bits}`, usage: "GENERATE_VERIFY_MAC" }, { secret: hex(key) });
      const request = { ...OPTIONS, keyId, algorithm: `HMAC_SHA_${bits}` as MacAlgorithm, message: hex(msg) };
      const { mac } = await generateMac(request, caller(), world);
      const isValid = result === "valid";
      expect(mac.toString("hex").startsWith(tag), `${id}: ${comment}`).toBe(isValid);
      const verified = await verifyMac({ ...request, mac: hex(tag) }, caller(), world).then(
        () => "valid",
        refusedAs("mac-invalid"),
      );
      // KMS takes whole codes only.
      expect(verified, `${id}: ${comment}`).toBe(isValid && tagSize === bits ? "valid" : "invalid");
    }
  });
});

describe("DeriveSharedSecret", () => {
  test.for([
    ["ECC_NIST_P256", "ecdh-p256", "1.2.840.10045.3.1.7", 32],
    ["ECC_NIST_P384", "ecdh-p384", "1.3.132.0.34", 48],
    ["ECC_NIST_P521", "ecdh-p521", "1.3.132.0.35", 66],
  ] as const)("ECDH, %s", async ([spec, file, curve, bytes]) => {
    let refused = 0;
    for (const vector of vectors<"public" | "private" | "shared">(file)) {
      const { id, comment, shared, result, flags = [] } = vector;
      const scalar = hex(vector.private.replace(/^(00)+/, "").padStart(2 * bytes, "0"));
      const keyId = await keyFor({ spec, usage: "KEY_AGREEMENT" }, pairOf(ecPkcs8(curve, scalar)));
      const request = { ...OPTIONS, keyId, algorithm: "ECDH", publicKey: hex(vector.public) };
      const answer = await deriveSharedSecret(request, caller(), world).then(({ secret }) => {
        using clear = secret;
        return clear.bytes.toString("hex");
      }, refusedAs("key-value-invalid"));
      const about = `${id}: ${comment} (${flags.join(" ")})`;
      if (answer === "invalid") refused++;
      if (result === "valid") expect(answer, about).toBe(shared);
      else if (result === "invalid") expect(answer, about).toBe("invalid");
      else expect([shared, "invalid"], about).toContain(answer);
    }
    expect(refused).toBeGreaterThan(20);
  });
});

describe("Decapsulate", () => {
  test.for([512, 768, 1024] as const)("ML_KEM_%i", async (level) => {
    const arc = { 512: 1, 768: 2, 1024: 3 }[level];
    for (const { id, comment, dk, ct, shared } of vectors<"ct" | "shared", { readonly dk: string }>(
      `ml-kem-${level}`,
    )) {
      const pair = pairOf(latticePkcs8(`2.16.840.1.101.3.4.4.${arc}`, { expanded: hex(dk) }));
      const keyId = await keyFor({ spec: `ML_KEM_${level}`, usage: "ENCAPSULATE_DECAPSULATE" }, pair);
      const request = { ...OPTIONS, keyId, algorithm: "ML_KEM" };
      using secret = (await decapsulateSecret({ ...request, ciphertext: hex(ct) }, caller(), world)).secret;
      expect(secret.bytes.toString("hex"), `${id}: ${comment}`).toBe(shared);
      for (const length of [0, ct.length / 2 - 1, ct.length / 2 + 1]) {
        const cut = Buffer.alloc(length, hex(ct));
        await expect(decapsulateSecret({ ...request, ciphertext: cut }, caller(), world)).rejects.toMatchObject({
          code: "ciphertext-invalid",
        });
      }
    }
  });
});

test("AES-256-KWP, which imported key material comes in, unwraps what others wrapped, and nothing else", () => {
  let unwrapped = 0;
  for (const { id, comment, key, msg, ct, result, flags = [] } of vectors<"key" | "msg" | "ct">("aes-256-kwp")) {
    using wrapping = new PlaintextKey(hex(key));
    using secret = unwrapPadded(wrapping, hex(ct));
    const answer = secret?.bytes.toString("hex");
    const about = `${id}: ${comment} (${flags.join(" ")})`;
    if (result === "invalid") expect(answer, about).toBeUndefined();
    else if (result === "valid" || answer !== undefined) expect(answer, about).toBe(msg);
    if (answer === undefined) continue;
    unwrapped++;
    using plain = new PlaintextKey(hex(msg));
    expect(wrapPadded(wrapping, plain).toString("hex"), about).toBe(ct);
  }
  expect(unwrapped).toBeGreaterThan(3);
});

test("argon2id, which makes a root of custody of a passphrase, is RFC 9106's", () => {
  // RFC 9106 section 5.3.
  const tag = argon2Sync("argon2id", {
    message: Buffer.alloc(32, 1),
    nonce: Buffer.alloc(16, 2),
    secret: Buffer.alloc(8, 3),
    associatedData: Buffer.alloc(12, 4),
    parallelism: 4,
    memory: 32,
    passes: 3,
    tagLength: 32,
  });
  expect(tag.toString("hex")).toBe("0d640df58d78766c08c037a34a8b53c9d01ef0452d75b65eb52520e96b01e659");
});

/** Keys are made once for each material: many vectors have the same. */
async function keyFor(kind: Parameters<typeof knownKey>[1], material: KnownMaterial): Promise<string> {
  const name = JSON.stringify([kind, ...Object.values(material).map((bytes) => Buffer.from(bytes).toString("hex"))]);
  const known = KEYS.get(world) ?? new Map<string, string>();
  KEYS.set(world, known);
  const id = known.get(name) ?? (await knownKey(world, kind, material));
  known.set(name, id);
  return id;
}

/** Answers `word` for this refusal; anything else is a bug, and thrown. */
function refusedAs(code: string, word = "invalid"): (error: unknown) => string {
  return (error) => {
    if (error instanceof Refusal && error.code === code) return word;
    throw error;
  };
}

function even(text: string): string {
  return text.length % 2 === 0 ? text : `0${text}`;
}

function bitStringOf(content: Buffer): Buffer {
  const length = content.length;
  return Buffer.concat([Buffer.of(0x03, 0x82, length >> 8, length & 0xff), content]);
}

const KEYS = new WeakMap<KeyWorld, Map<string, string>>();
const ML_DSA_ARC = { 44: 17, 65: 18, 87: 19 } as const;
const NIST_CURVES = {
  "P-256": { spec: "ECC_NIST_P256", algorithm: "ECDSA_SHA_256", bytes: 32 },
  "P-384": { spec: "ECC_NIST_P384", algorithm: "ECDSA_SHA_384", bytes: 48 },
  "P-521": { spec: "ECC_NIST_P521", algorithm: "ECDSA_SHA_512", bytes: 66 },
} as const;
