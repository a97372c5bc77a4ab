import { createPrivateKey, createSecretKey } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { decryptUnder, readCiphertext } from "#custody/ciphertext.ts";
import { type CustodyKey, custodyKey } from "#custody/custody-key.ts";
import { materialKey } from "#custody/material-work.ts";
import { openAs, readSeal, sealPrefix } from "#custody/seal-form.ts";
import { keyFileRootOf } from "#custody/wrapping-root.ts";
import { canonicalContext } from "#lib/encryption-context.ts";
import { open } from "#lib/sealed.ts";
import { findSealed, listBytesColumns } from "#store/sealed-values.ts";
import { openStore, type Store } from "#store/store.ts";

/** The secrets of a product, in clear, as only who has its database and its key file can know them. */
export interface KnownKeys {
  readonly root: readonly Buffer[];
  readonly custody: readonly Buffer[];
  /** Secret bits of master keys. */
  readonly masters: readonly Buffer[];
  /** The secret numbers of certificates' private keys. */
  readonly leaves: readonly Buffer[];
  /** The secret numbers of keys that the control plane signs with: of CAs, responders, logs, the fleet. */
  readonly signers: readonly Buffer[];
  /** Of every sealed value in the database, what it is sealed for. */
  readonly purposes: readonly string[];
}

/** Opens everything with the root of custody in `root.key`, by hand. */
export async function knownKeys(
  dataDir: string,
  database = `file:${join(dataDir, "sealkeeper.db")}`,
): Promise<KnownKeys> {
  const bytes = readFileSync(join(dataDir, "root.key"));
  const root = keyFileRootOf(bytes);
  const store = await openStore(database);
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
      return numbersOf(pkcs8.bytes);
    });
    const sealed = await allSealed(store);
    const signers = sealed.flatMap((value) => {
      const { form, keyId = "", purpose = "" } = readSeal(value) ?? {};
      const key = keys.get(keyId);
      if (form !== "service" || !key || !SIGNS.test(purpose)) return [];
      return numbersOf(openAs(createSecretKey(key.derive("service").bytes), value, purpose).bytes);
    });
    const purposes = sealed.map((value) => readSeal(value)?.purpose ?? "");
    return { root: [bytes], custody, masters: [...masters.values()], leaves, signers, purposes };
  } finally {
    await store.destroy();
  }
}

/** What the secret half of a key pair (PKCS#8) consists of. */
export function numbersOf(pkcs8: Buffer): Buffer[] {
  const { d, p, q } = createPrivateKey({ key: pkcs8, format: "der", type: "pkcs8" }).export({ format: "jwk" });
  return [p ?? d, q].flatMap((part) => (part === undefined ? [] : [Buffer.from(part, "base64url")]));
}

/** Every sealed value of the database, of all columns that there are. */
async function allSealed(store: Store): Promise<readonly Uint8Array[]> {
  const magic = sealPrefix("service", "").subarray(0, 3);
  const found: Uint8Array[] = [];
  for (const column of await listBytesColumns(store)) {
    for await (const some of findSealed(store, column, [magic])) found.push(...some.map(({ value }) => value));
  }
  return found;
}

const SIGNS = /^(ca:|private-ca:|ct:|journal:|acme-account:)/;

/** How a secret may stand in memory or in a file: as it is, as OpenSSL keeps numbers, and as text. */
export function formsOf(secret: Buffer): readonly Buffer[] {
  const reversed = Buffer.from(secret).reverse();
  const texts = [secret.toString("hex"), secret.toString("base64").replace(/=+$/, ""), secret.toString("base64url")];
  return [secret, reversed, ...texts.map((text) => Buffer.from(text))];
}
