import { createPrivateKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decryptUnder, readCiphertext } from "#custody/ciphertext.ts";
import { type CustodyKey, custodyKey } from "#custody/custody-key.ts";
import { materialKey } from "#custody/material-work.ts";
import { openAs, readSeal } from "#custody/seal-form.ts";
import { keyFileRootOf } from "#custody/wrapping-root.ts";
import { canonicalContext } from "#lib/encryption-context.ts";
import { open } from "#lib/sealed.ts";
import { openStore } from "#store/store.ts";

/** The secrets of a product, in clear, as only who has its database and its key file can know them. */
export interface KnownKeys {
  readonly root: readonly Buffer[];
  readonly custody: readonly Buffer[];
  /** Secret bits of master keys. */
  readonly masters: readonly Buffer[];
  /** The secret numbers of certificates' private keys. */
  readonly leaves: readonly Buffer[];
}

/** Opens everything with the root of custody in `root.key`, by hand. */
export async function knownKeys(dataDir: string): Promise<KnownKeys> {
  const bytes = readFileSync(join(dataDir, "root.key"));
  const root = keyFileRootOf(bytes);
  const store = await openStore(`file:${join(dataDir, "sealkeeper.db")}`);
  try {
    const wraps = await store.selectFrom("custodyWraps").select(["keyId", "wrapped"]).execute();
    const custody = wraps.map(({ keyId, wrapped }) => root.unwrap(keyId, wrapped).bytes);
    const keys = new Map<string, CustodyKey>(custody.map((each) => [custodyKey(each).id, custodyKey(each)]));
    const materials = await store.selectFrom("masterKeyMaterials").select(["keyId", "version", "sealed"]).execute();
    const masters = new Map<string, Buffer>();
    for (const { keyId, version, sealed } of materials) {
      if (!sealed) continue; // waits to be imported
      const key = keys.get(readSeal(sealed)?.keyId ?? "");
      if (key) masters.set(`${keyId}:${version}`, openAs(key.materials, sealed, `kms:${keyId}:${version}`).bytes);
    }
    const versions = await store
      .selectFrom("certificateVersions")
      .select(["certificateArn", "wrappedDataKey", "sealedKey"])
      .execute();
    const leaves = versions.flatMap(({ certificateArn, wrappedDataKey, sealedKey }) => {
      const ciphertext = wrappedDataKey && readCiphertext(wrappedDataKey);
      const master = ciphertext && masters.get(`${ciphertext.keyId}:${ciphertext.version}`);
      if (!sealedKey || !master) return [];
      const context = { "aws:acm:arn": certificateArn };
      const dataKey = decryptUnder(materialKey("SYMMETRIC_DEFAULT", master), ciphertext, context);
      const pkcs8 = dataKey && open(dataKey.bytes, sealedKey, canonicalContext(context));
      if (!pkcs8) throw new Error(`the key of ${certificateArn} does not open`);
      const { d, p, q } = createPrivateKey({ key: pkcs8.bytes, format: "der", type: "pkcs8" }).export({
        format: "jwk",
      });
      return [p ?? d, q].flatMap((part) => (part === undefined ? [] : [Buffer.from(part, "base64url")]));
    });
    return { root: [bytes], custody, masters: [...masters.values()], leaves };
  } finally {
    await store.destroy();
  }
}

/** How a secret may stand in memory or in a file: as it is, as OpenSSL keeps numbers, and as text. */
export function formsOf(secret: Buffer): readonly Buffer[] {
  const reversed = Buffer.from(secret).reverse();
  const texts = [secret.toString("hex"), secret.toString("base64").replace(/=+$/, ""), secret.toString("base64url")];
  return [secret, reversed, ...texts.map((text) => Buffer.from(text))];
}
