import { createCipheriv } from "node:crypto";
import { describe, expect, test } from "vitest";
import { hex, vectors } from "../../tests/support/vectors.ts";
import { hkdf } from "./hkdf.ts";
import { open } from "./sealed.ts";

describe("AES-256-GCM opens what others sealed, and nothing that was changed", () => {
  test.for(["aes-256-gcm", "aes-256-gcm-nist"])("%s", (file) => {
    const all = vectors<"key" | "iv" | "aad" | "msg" | "ct" | "tag">(file);
    expect(all.length).toBeGreaterThan(20);
    for (const { id, comment, key, iv, aad, msg, ct, tag, result } of all) {
      const sealed = Buffer.concat([hex(iv), hex(tag), hex(ct)]);
      using plaintext = open(hex(key), sealed, hex(aad));
      expect(plaintext?.bytes.toString("hex"), `${id}: ${comment}`).toBe(result === "valid" ? msg : undefined);
      if (result !== "valid") continue;
      // What `seal` does, but with the nonce of the vector.
      const cipher = createCipheriv("aes-256-gcm", hex(key), hex(iv)).setAAD(hex(aad));
      expect(Buffer.concat([cipher.update(hex(msg)), cipher.final(), cipher.getAuthTag()]).toString("hex")).toBe(
        ct + tag,
      );
    }
  });
});

test("HKDF-SHA-256 derives what others derive", () => {
  for (const { id, comment, ikm, salt, info, size, okm, result } of vectors<"ikm" | "salt" | "info" | "size" | "okm">(
    "hkdf-sha-256",
  )) {
    const derive = (): string => {
      using key = hkdf(hex(ikm), hex(salt), hex(info), Number(size));
      return key.bytes.toString("hex");
    };
    if (result === "valid") expect(derive(), `${id}: ${comment}`).toBe(okm);
    else expect(derive, `${id}: ${comment}`).toThrow();
  }
});
