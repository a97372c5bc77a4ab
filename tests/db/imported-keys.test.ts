import { createPublicKey, randomBytes } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createKey } from "#custody/create-key.ts";
import { custodyKey } from "#custody/custody-key.ts";
import { decrypt } from "#custody/decrypt.ts";
import { deleteImportedMaterial, expireMaterial } from "#custody/delete-material.ts";
import { encrypt } from "#custody/encrypt.ts";
import { type ImportRequest, importMaterial } from "#custody/import-material.ts";
import { parametersForImport } from "#custody/import-parameters.ts";
import { destroyKey, disableKey, enableKey, scheduleKeyDeletion } from "#custody/key-state.ts";
import { lastUse } from "#custody/last-use.ts";
import { relatedRegions } from "#custody/related-keys.ts";
import { replicateKey } from "#custody/replicate-key.ts";
import { rotateKey, rotateOnDemand } from "#custody/rotation.ts";
import { openAs } from "#custody/seal-form.ts";
import { updatePrimaryRegion } from "#custody/update-primary-region.ts";
import { SYMMETRIC } from "#domain/keys/key-specs.ts";
import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf, keyIdIn, wireKeyId } from "#domain/keys/names.ts";
import type { Region } from "#domain/names.ts";
import { DAY } from "#lib/duration.ts";
import { auditRecordsOf } from "#store/audit-records.ts";
import { findMasterKey } from "#store/master-keys.ts";
import { openStore } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { wrap } from "../support/key-material.ts";
import { ACCOUNT, caller, type KeyWorld, keyWorld, REGION, refusal } from "../support/key-world.ts";

const VIRGINIA = "us-east-1" as Region;
const TOKYO = "ap-northeast-1" as Region;
const OPTIONS = { context: {}, grantTokens: [], dryRun: false };

const at = (region: Region) => caller("root", ACCOUNT, region);
const plain = { kind: SYMMETRIC, description: "", tags: [] } as const;

async function prepared(world: KeyWorld, key: MasterKey, material: Uint8Array): Promise<ImportRequest> {
  const request = { keyId: wireKeyId(key.id), algorithm: "RSAES_OAEP_SHA_256", wrappingKey: "RSA_2048" } as const;
  const { token, publicKey } = await parametersForImport(request, at(key.region), world);
  return {
    keyId: wireKeyId(key.id),
    token,
    wrapped: wrap(publicKey, "RSAES_OAEP_SHA_256", material),
    expirationModel: "KEY_MATERIAL_DOES_NOT_EXPIRE",
    validTo: undefined,
    type: undefined,
    description: undefined,
    materialId: undefined,
  };
}

async function importInto(world: KeyWorld, key: MasterKey, material: Uint8Array, more: Partial<ImportRequest> = {}) {
  return await importMaterial({ ...(await prepared(world, key, material)), ...more }, at(key.region), world);
}

const external = (world: KeyWorld, multiRegion = false) =>
  createKey({ ...plain, origin: "EXTERNAL", multiRegion }, caller(), world);

async function encrypted(world: KeyWorld, key: MasterKey): Promise<Buffer> {
  const request = { ...OPTIONS, keyId: wireKeyId(key.id), plaintext: Buffer.from("secret") };
  return (await encrypt(request, at(key.region), world)).ciphertext;
}

async function opened(world: KeyWorld, ciphertext: Buffer, region: Region = REGION): Promise<string> {
  const { plaintext } = await decrypt({ ...OPTIONS, ciphertext, keyId: undefined }, at(region), world);
  return plaintext.bytes.toString();
}

describe.for(DATABASES)("imported and multi-Region keys on $name", (database) => {
  test("of two who import different material at once, one is first and the other is told", async () => {
    const world = keyWorld(await database.open());
    for (let round = 0; round < 4; round++) {
      const key = await external(world);
      const requests = [await prepared(world, key, randomBytes(32)), await prepared(world, key, randomBytes(32))];
      const answers = await Promise.all(requests.map((one) => refusal(importMaterial(one, caller(), world))));
      expect(answers.filter((answer) => answer === "not refused")).toHaveLength(1);
      expect(answers.find((answer) => answer !== "not refused")).toContain(
        "none that was imported into this key before",
      );
      expect(await opened(world, await encrypted(world, key))).toBe("secret");
    }
  });

  test("of two who import the same material at once, both succeed, and it is there once", async () => {
    const world = keyWorld(await database.open());
    const key = await external(world);
    const material = randomBytes(32);
    const requests = [await prepared(world, key, material), await prepared(world, key, material)];
    const answers = await Promise.all(requests.map((one) => importMaterial(one, caller(), world)));
    expect(new Set(answers.map(({ materialId }) => materialId)).size).toBe(1);
    const rows = await world.store
      .selectFrom("masterKeyMaterials")
      .select("version")
      .where("keyId", "=", key.id)
      .execute();
    expect(rows).toEqual([{ version: 1 }]);
  });

  test("of two new materials at once, one waits for its rotation; rotating twice at once rotates once", async () => {
    const world = keyWorld(await database.open());
    const key = await external(world);
    await importInto(world, key, randomBytes(32));
    const before = await encrypted(world, key);
    const type = "NEW_KEY_MATERIAL" as const;
    const requests = await Promise.all([1, 2].map(() => prepared(world, key, randomBytes(32))));
    const answers = await Promise.all(
      requests.map((one) => refusal(importMaterial({ ...one, type }, caller(), world))),
    );
    expect(answers.sort()).toEqual(
      [
        "Refusal: The key has key material that waits for its rotation already: rotate to it, or delete it first.",
        "not refused",
      ].sort(),
    );
    const rotated = await Promise.all([1, 2].map(() => refusal(rotateOnDemand(key.id, caller(), world))));
    expect(rotated.filter((answer) => answer === "not refused")).toHaveLength(1);
    expect((await findMasterKey(world.store, key.id))?.version).toBe(2);
    expect(await opened(world, before)).toBe("secret");
    expect(await opened(world, await encrypted(world, key))).toBe("secret");
  });

  test("whatever is done at once, a key is usable if and only if its material is there", async () => {
    const world = keyWorld(await database.open());
    const key = await external(world);
    const material = randomBytes(32);
    await importInto(world, key, material);
    const again = await prepared(world, key, material);
    const ValidTo = new Date(world.clock.now().getTime() + DAY);
    for (let round = 0; round < 6; round++) {
      const more = round % 2 === 0 ? { expirationModel: undefined, validTo: ValidTo } : {};
      await Promise.all([
        importMaterial({ ...again, ...more }, caller(), world),
        deleteImportedMaterial({ keyId: key.id, materialId: undefined }, caller(), world),
        refusal(disableKey(key.id, caller(), world)),
        refusal(enableKey(key.id, caller(), world)),
        expireMaterial(key.id, world),
      ]);
      const found = await findMasterKey(world.store, key.id);
      expect([found?.state === "PendingImport", found?.sealed === undefined]).toEqual([
        !found?.present,
        !found?.present,
      ]);
    }
  });

  test("material that ends while it is used is refused from then on, and its job repeated does no harm", async () => {
    const world = keyWorld(await database.open());
    const key = await external(world);
    const validTo = new Date(world.clock.now().getTime() + DAY);
    await importInto(world, key, randomBytes(32), { expirationModel: undefined, validTo });
    const blob = await encrypted(world, key);
    world.clock.advance(DAY);
    expect(await refusal(opened(world, blob))).toContain("is pending import.");
    await Promise.all([1, 2, 3].map(() => expireMaterial(key.id, world)));
    const acts = (await auditRecordsOf(world.store, arnOf(key), 100)).filter(
      ({ eventName }) => eventName === "DeleteExpiredKeyMaterial",
    );
    expect(acts).toHaveLength(1);
    expect(await findMasterKey(world.store, key.id)).toMatchObject({ state: "PendingImport", present: false });
  });

  test("of several who replicate into one Region at once, one does", async () => {
    const world = keyWorld(await database.open());
    const key = await createKey({ ...plain, multiRegion: true }, caller(), world);
    const request = { keyId: wireKeyId(key.id), description: "", tags: [], policy: undefined, mayLockOut: false };
    const answers = await Promise.all(
      [VIRGINIA, VIRGINIA, VIRGINIA, TOKYO].map((region) =>
        refusal(replicateKey({ ...request, region }, caller(), world)),
      ),
    );
    expect(answers.filter((answer) => answer === "not refused")).toHaveLength(2);
    expect(await relatedRegions(world.store, key)).toEqual({ primary: REGION, replicas: [TOKYO, VIRGINIA] });
  });

  test("replicating, rotating, disabling and moving the primary key at once leaves all with the same material", async () => {
    const world = keyWorld(await database.open());
    const key = await createKey({ ...plain, multiRegion: true }, caller(), world);
    const keyId = wireKeyId(key.id);
    const request = { keyId, description: "", tags: [], policy: undefined, mayLockOut: false };
    await replicateKey({ ...request, region: VIRGINIA }, caller(), world);
    const blob = await encrypted(world, key);
    await Promise.all([
      replicateKey({ ...request, region: TOKYO }, caller(), world).catch(() => {}),
      refusal(rotateOnDemand(keyId, caller(), world)),
      refusal(updatePrimaryRegion({ keyId, region: VIRGINIA }, caller(), world)),
      refusal(rotateOnDemand(keyId, at(VIRGINIA), world)),
      refusal(disableKey(keyId, at(VIRGINIA), world)),
      refusal(enableKey(keyId, at(VIRGINIA), world)),
    ]);
    const related = await relatedRegions(world.store, key);
    const regions = [related!.primary, ...related!.replicas];
    const listed = await Promise.all(
      regions.map((region) =>
        world.store
          .selectFrom("masterKeyMaterials")
          .select(["version", "materialId", "rotation"])
          .where("keyId", "=", keyIdIn(region, keyId))
          .orderBy("version")
          .execute(),
      ),
    );
    for (const rows of listed) expect(rows).toEqual(listed[0]);
    await enableKey(keyId, at(VIRGINIA), world);
    for (const region of regions) {
      const there = (await findMasterKey(world.store, keyIdIn(region, keyId)))!;
      expect(there.version).toBe(listed[0]!.length);
      expect(await opened(world, blob, region)).toBe("secret");
      expect(await opened(world, await encrypted(world, there), regions[0])).toBe("secret");
    }
  });

  test("the last replicas that go at once begin the waiting period of their primary key", async () => {
    const world = keyWorld(await database.open());
    const key = await createKey({ ...plain, multiRegion: true }, caller(), world);
    const keyId = wireKeyId(key.id);
    const request = { keyId, description: "", tags: [], policy: undefined, mayLockOut: false };
    for (const region of [VIRGINIA, TOKYO]) await replicateKey({ ...request, region }, caller(), world);
    for (const region of [REGION, VIRGINIA, TOKYO]) {
      await scheduleKeyDeletion({ keyId, pendingDays: 7 }, at(region), world);
    }
    world.clock.advance(7 * DAY);
    await Promise.all([VIRGINIA, TOKYO, REGION].map((region) => destroyKey(keyIdIn(region, keyId), world)));
    const deletionAt = new Date(world.clock.now().getTime() + 7 * DAY);
    expect(await findMasterKey(world.store, key.id)).toMatchObject({ state: "PendingDeletion", deletionAt });
    expect(await rotateKey(key.id, world)).toBeUndefined();
  });

  test("the last use of a key is told, however often it was refused or looked at since", async () => {
    const world = keyWorld(await database.open());
    const key = await createKey(plain, caller(), world);
    expect((await lastUse(key.id, caller(), world)).use).toBeUndefined();
    const blob = await encrypted(world, key);
    world.clock.advance(DAY);
    await opened(world, blob);
    const used = world.clock.now();
    world.clock.advance(DAY);
    await disableKey(key.id, caller(), world);
    for (let i = 0; i < 20; i++) await refusal(opened(world, blob));
    await world.journal.flush();
    expect((await lastUse(key.id, caller(), world)).use).toMatchObject({ operation: "Decrypt", at: used });
  });
});

test("after material was imported and shared, no file of the database holds it, or a wrapping key, in clear", async () => {
  const url = await DATABASES[0]!.url();
  const store = await openStore(url);
  onTestFinished(() => store.destroy());
  const world = keyWorld(store);
  const key = await external(world, true);
  const material = randomBytes(32);
  await importInto(world, key, material);
  const request = { keyId: wireKeyId(key.id), description: "", tags: [], policy: undefined, mayLockOut: false };
  const replica = await replicateKey({ ...request, region: VIRGINIA }, caller(), world);
  await importInto(world, replica, material);
  const secrets = [material];
  for (const { id, sealed } of await store.selectFrom("wrappingKeys").select(["id", "sealed"]).execute()) {
    using pkcs8 = openAs(custodyKey(Buffer.alloc(32, 7)).materials, sealed, `kms:wrapping-key:${id}`);
    expect(() => createPublicKey({ key: Buffer.from(sealed), format: "der", type: "spki" })).toThrow();
    for (let from = 100; from + 64 < pkcs8.bytes.length; from += 64) {
      secrets.push(Buffer.from(pkcs8.bytes.subarray(from, from + 64)));
    }
  }
  expect(secrets.length).toBeGreaterThan(20);
  await world.journal.flush();
  const directory = dirname(url.slice("file:".length));
  const all = Buffer.concat(readdirSync(directory).map((file) => readFileSync(`${directory}/${file}`)));
  expect(all.includes(key.id)).toBe(true); // this is the right file
  for (const secret of secrets) {
    for (const form of [secret, secret.toString("hex"), secret.toString("base64").replace(/=+$/, "")]) {
      const half = form.length / 2;
      expect(all.includes(form.slice(0, half)) || all.includes(form.slice(half))).toBe(false);
    }
  }
});
