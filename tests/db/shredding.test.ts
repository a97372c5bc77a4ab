import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { backup, DatabaseSync } from "node:sqlite";
import { describe, expect, onTestFinished, test } from "vitest";
import { createKey } from "#custody/create-key.ts";
import { decrypt } from "#custody/decrypt.ts";
import { encrypt } from "#custody/encrypt.ts";
import { sealPrivateKey } from "#custody/envelope.ts";
import { destroyKey, scheduleKeyDeletion } from "#custody/key-state.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { SYMMETRIC } from "#domain/keys/key-specs.ts";
import { DAY } from "#lib/duration.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { openStore, type Store } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { caller, type KeyWorld, keyWorld, OWNER, refusal } from "../support/key-world.ts";

const OPTIONS = { context: { a: "1" }, grantTokens: [], dryRun: false };
const CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/shredded" as CertificateArn;

describe.for(DATABASES)("crypto-shredding on $name", (database) => {
  test("what a destroyed key encrypted opens for nobody, with all that the store still has", async () => {
    const world = keyWorld(await database.open());
    const { key, ciphertext } = await encrypted(world);
    await destroyed(key.id, world);
    const use = decrypt({ ...OPTIONS, ciphertext, keyId: undefined }, caller(), world);
    expect(await refusal(use)).toContain("refers to a customer master key that does not exist");
    const materials = await world.store.selectFrom("masterKeyMaterials").select("keyId").execute();
    expect(materials).toEqual([]);
  });
});

test("no file has a destroyed key's sealed material any more; a backup from before opens what it opened then, with its root", async () => {
  const url = await DATABASES[0]!.url();
  const file = url.slice("file:".length);
  const store = await openStore(url);
  const world = keyWorld(store);
  const { key, ciphertext } = await encrypted(world);
  const { sealed } = await store.selectFrom("masterKeyMaterials").select("sealed").executeTakeFirstOrThrow();
  const copy = `${file}.backup`;
  const before = new DatabaseSync(file, { readOnly: true });
  await backup(before, copy);
  before.close();
  await destroyed(key.id, world);
  await world.journal.flush();
  await store.destroy(); // the log is brought home

  for (const name of readdirSync(dirname(file)).filter((each) => !each.endsWith(".backup"))) {
    expect(readFileSync(`${dirname(file)}/${name}`).includes(Buffer.from(sealed!)), name).toBe(false);
  }
  const restored = await opened(`file:${copy}`);
  const there = { ...keyWorld(restored), clock: world.clock };
  const { plaintext } = await decrypt({ ...OPTIONS, ciphertext, keyId: undefined }, caller(), there);
  expect(plaintext.bytes.toString()).toBe("secret");
});

test("a deleted envelope is in no file any more", async () => {
  const url = await DATABASES[0]!.url();
  const file = url.slice("file:".length);
  const store = await openStore(url);
  const world = keyWorld(store);
  const pkcs8 = new PlaintextKey(Buffer.from("a private key"));
  const envelope = await store.transaction().execute(async (tx) => {
    const made = await sealPrivateKey(tx, pkcs8, OWNER, CERTIFICATE, world);
    // As a certificate's row has it.
    await tx.insertInto("instanceSecrets").values({ name: "envelope", sealed: made.sealedKey }).execute();
    return made;
  });
  expect(everything(file).includes(Buffer.from(envelope.sealedKey))).toBe(true);
  await store.deleteFrom("instanceSecrets").where("name", "=", "envelope").execute();
  await world.journal.flush();
  await store.destroy();
  expect(everything(file).includes(Buffer.from(envelope.sealedKey))).toBe(false);
});

async function encrypted(world: KeyWorld) {
  const key = await createKey({ kind: SYMMETRIC, description: "", tags: [], policy: undefined }, caller(), world);
  const request = { ...OPTIONS, keyId: key.id, plaintext: Buffer.from("secret") };
  return { key, ...(await encrypt(request, caller(), world)) };
}

async function destroyed(keyId: string, world: KeyWorld): Promise<void> {
  await scheduleKeyDeletion({ keyId, pendingDays: 7 }, caller(), world);
  world.clock.advance(7 * DAY);
  await destroyKey(keyId, world);
}

async function opened(url: string): Promise<Store> {
  const store = await openStore(url);
  onTestFinished(() => store.destroy());
  return store;
}

function everything(file: string): Buffer {
  return Buffer.concat(readdirSync(dirname(file)).map((name) => readFileSync(`${dirname(file)}/${name}`)));
}
