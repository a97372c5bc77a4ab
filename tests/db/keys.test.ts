import { createPrivateKey, createPublicKey } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { dirname } from "node:path";
import { describe, expect, onTestFinished, test } from "vitest";
import { createKey } from "#custody/create-key.ts";
import { custodyKey } from "#custody/custody-key.ts";
import { decrypt } from "#custody/decrypt.ts";
import { encrypt } from "#custody/encrypt.ts";
import { certificateContext, type Envelope, openPrivateKey } from "#custody/envelope.ts";
import { orderGrant } from "#custody/grant-operations.ts";
import { createGrant, retireGrant } from "#custody/grants.ts";
import { addToPool, poolLevel, stockPool, takeFromPool } from "#custody/key-pool.ts";
import { cancelKeyDeletion, destroyKey, scheduleKeyDeletion } from "#custody/key-state.ts";
import { type LeafKey, takeLeafKey } from "#custody/leaf-keys.ts";
import { openRoot } from "#custody/open-root.ts";
import { keyFileRoot, WrongRoot } from "#custody/root.ts";
import { openAs } from "#custody/seal-form.ts";
import { ensureServiceKey } from "#custody/service-keys.ts";
import { makeWrapped, newPoolDataKey } from "#custody/wrapped-key.ts";
import { type CertificateArn, certificateArn, type KeyArn } from "#domain/arn.ts";
import { SYMMETRIC } from "#domain/keys/key-specs.ts";
import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { Region } from "#domain/names.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { DAY } from "#lib/duration.ts";
import { open } from "#lib/sealed.ts";
import { auditRecordsOf } from "#store/audit-records.ts";
import { insertGrant } from "#store/grants.ts";
import { openStore, type Store, type Tx } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { caller, type KeyWorld, keyWorld, OWNER, REGION, refusal, STRANGER } from "../support/key-world.ts";

const CERTIFICATE = certificateArn(OWNER, "6c9f1de6-0000-4000-8000-000000000001");
const BALANCER = `arn:aws:elasticloadbalancing:${REGION}:${OWNER.account}:loadbalancer/app/web/0123456789abcdef`;
const ALL = readPolicyDocument(
  JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: "*", Resource: "*" } }),
  "identity",
);
const ACM_KEY = "alias/aws/acm";

const within = <T>(store: Store, work: (tx: Tx) => Promise<T>): Promise<T> => store.transaction().execute(work);
const together = <T>(count: number, work: (index: number) => Promise<T>): Promise<T[]> =>
  Promise.all(Array.from({ length: count }, (_, index) => work(index)));

function leaf(
  world: KeyWorld,
  algorithm: LeafKeyAlgorithm,
  certificate: CertificateArn = CERTIFICATE,
): Promise<LeafKey> {
  return within(world.store, (tx) => takeLeafKey(tx, algorithm, OWNER, certificate, world));
}

function grantTo(world: KeyWorld, keyArn: KeyArn, granteePrincipal = BALANCER) {
  const constraints = { encryptionContextEquals: certificateContext(CERTIFICATE) };
  const request = { keyArn, granteePrincipal, operations: ["Decrypt", "DescribeKey"] as const, constraints };
  return within(world.store, (tx) => createGrant(tx, { ...request, name: undefined }, world));
}

function decryptDataKey(world: KeyWorld, envelope: Envelope, grantTokens: readonly string[] = []) {
  const request = {
    ciphertext: envelope.wrappedDataKey,
    keyId: undefined,
    context: certificateContext(CERTIFICATE),
    grantTokens,
    dryRun: false,
  };
  return decrypt(request, caller("edge"), world);
}

describe.for(DATABASES)("keys on $name", (database) => {
  test("an AWS managed key is made once, however many ask for it first at once", async () => {
    const world = keyWorld(await database.open());
    const arns = await together(12, () => within(world.store, (tx) => ensureServiceKey(tx, OWNER, ACM_KEY, world)));
    expect(new Set(arns).size).toBe(1);
    const elsewhere = { ...OWNER, region: "us-east-1" as Region };
    expect(arns).not.toContain(await within(world.store, (tx) => ensureServiceKey(tx, elsewhere, ACM_KEY, world)));
    const keys = await world.store.selectFrom("masterKeys").select(["region", "manager", "state"]).execute();
    expect(keys).toHaveLength(2);
    expect(await auditRecordsOf(world.store, arns[0]!, 10)).toMatchObject([
      { eventName: "CreateKey", principal: "acm.amazonaws.com" },
    ]);
  });

  test("a key that was made in a transaction that fails was never there", async () => {
    const world = keyWorld(await database.open());
    const failed = within(world.store, async (tx) => {
      await ensureServiceKey(tx, OWNER, ACM_KEY, world);
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    expect(await world.store.selectFrom("masterKeys").select("id").execute()).toEqual([]);
    expect(await world.store.selectFrom("keyAliases").select("name").execute()).toEqual([]);
  });

  test.for(["RSA_2048", "EC_prime256v1", "EC_secp384r1"] as const)(
    "a leaf key of %s is opened by an edge under the grant of its certificate, layer by layer",
    async (algorithm) => {
      const world = keyWorld(await database.open());
      const { spki, envelope } = await leaf(world, algorithm);
      expect(await refusal(decryptDataKey(world, envelope))).toContain("not authorized to perform: kms:Decrypt");
      const { grantId, grantToken } = await grantTo(world, envelope.keyArn);
      const { plaintext: dataKey, keyArn } = await decryptDataKey(world, envelope, [grantToken]);
      expect(keyArn).toBe(envelope.keyArn);
      const context = Buffer.from(JSON.stringify([["aws:acm:arn", CERTIFICATE]]));
      const pkcs8 = open(dataKey.bytes, envelope.sealedKey, context)!;
      const key = createPrivateKey({ key: pkcs8.bytes, format: "der", type: "pkcs8" });
      expect(createPublicKey(key).export({ format: "der", type: "spki" })).toEqual(spki);
      const uses = await auditRecordsOf(world.store, envelope.keyArn, 20);
      expect(uses.at(-1)).toMatchObject({
        eventName: "Decrypt",
        grantId,
        errorCode: null,
        principal: caller("edge").arn,
      });
    },
  );

  test("the envelope of one certificate opens for no other", async () => {
    const world = keyWorld(await database.open());
    const { envelope, spki } = await leaf(world, "EC_prime256v1");
    const other = certificateArn(OWNER, "6c9f1de6-0000-4000-8000-000000000002");
    await expect(openPrivateKey(world.store, envelope, OWNER, other, world)).rejects.toThrow("was changed");
    const theirs = await leaf(world, "EC_prime256v1", other);
    const mixed = { ...envelope, sealedKey: theirs.envelope.sealedKey };
    await expect(openPrivateKey(world.store, mixed, OWNER, CERTIFICATE, world)).rejects.toThrow("was changed");
    using pkcs8 = await openPrivateKey(world.store, envelope, OWNER, CERTIFICATE, world);
    const key = createPrivateKey({ key: pkcs8.bytes, format: "der", type: "pkcs8" });
    expect(createPublicKey(key).export({ format: "der", type: "spki" })).toEqual(spki);
  });

  test("the account itself can neither use nor change the key that seals its certificates, but revoke its grants", async () => {
    const world = keyWorld(await database.open());
    const { envelope } = await leaf(world, "EC_prime256v1");
    const keyId = envelope.keyArn;
    const options = { context: certificateContext(CERTIFICATE), grantTokens: [], dryRun: false };
    const use = decrypt({ ...options, ciphertext: envelope.wrappedDataKey, keyId }, caller(), world);
    expect(await refusal(use)).toBe(
      `Refusal: User: ${caller().arn} is not authorized to perform: kms:Decrypt on resource: ${keyId} because no resource-based policy allows the kms:Decrypt action`,
    );
    const end = scheduleKeyDeletion({ keyId, pendingDays: 7 }, caller(), world);
    expect(await refusal(end)).toContain("not authorized to perform: kms:ScheduleKeyDeletion");
    const grant = { keyId, granteePrincipal: caller().arn, operations: ["Decrypt"], constraints: undefined };
    const more = { retiringPrincipal: undefined, name: undefined, grantTokens: [], dryRun: false };
    expect(await refusal(orderGrant({ ...grant, ...more }, caller(), world))).toContain("kms:CreateGrant");
  });

  test("once a grant is retired no use succeeds, and every use before it is in the journal", async () => {
    const world = keyWorld(await database.open());
    const { envelope } = await leaf(world, "EC_prime256v1");
    const { grantId, grantToken } = await grantTo(world, envelope.keyArn);
    let retired = false;
    let succeeded = 0;
    const use = async (index: number): Promise<void> => {
      for (let i = 0; i < 15; i++) {
        const late = retired;
        const tokens = index % 2 === 0 ? [grantToken] : [];
        const result = await decryptDataKey(world, envelope, tokens).catch((error: Error) => error);
        if (result instanceof Error) expect(result.message).toContain("not authorized");
        else succeeded++;
        if (late) expect(result).toBeInstanceOf(Error);
      }
    };
    const retire = async (): Promise<void> => {
      for (let i = 0; i < 3; i++) await decryptDataKey(world, envelope);
      succeeded += 3;
      await within(world.store, (tx) => retireGrant(tx, { keyArn: envelope.keyArn, grantId }, world));
      retired = true;
    };
    await Promise.all([...Array.from({ length: 6 }, (_, index) => use(index)), retire()]);
    await world.journal.flush();
    const acts = await auditRecordsOf(world.store, envelope.keyArn, 1_000);
    const uses = acts.filter(({ eventName, errorCode }) => eventName === "Decrypt" && errorCode === null);
    expect(uses).toHaveLength(succeeded);
    expect(new Set(uses.map((act) => act.grantId))).toEqual(new Set([grantId]));
    await within(world.store, (tx) => retireGrant(tx, { keyArn: envelope.keyArn, grantId }, world)); // harmless to repeat
    const retirements = await auditRecordsOf(world.store, envelope.keyArn, 1_000);
    expect(retirements.filter(({ eventName }) => eventName === "RetireGrant")).toHaveLength(1);
  });

  test("a grant exists if and only if its transaction commits", async () => {
    const world = keyWorld(await database.open());
    const { envelope } = await leaf(world, "EC_prime256v1");
    let token = "";
    const failed = within(world.store, async (tx) => {
      const constraints = { encryptionContextEquals: certificateContext(CERTIFICATE) };
      const request = { keyArn: envelope.keyArn, granteePrincipal: BALANCER, operations: ["Decrypt"] as const };
      token = (await createGrant(tx, { ...request, constraints, name: undefined }, world)).grantToken;
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    expect(await refusal(decryptDataKey(world, envelope, [token]))).toContain("not authorized");
  });

  test("one grant among hundreds to the same principal allows, whatever the others are for", async () => {
    const world = keyWorld(await database.open());
    const { id: keyId, ...key } = await createKey({ kind: SYMMETRIC, description: "", tags: [] }, caller(), world);
    const user = { ...caller("user", STRANGER), authority: { identity: [ALL], facts: {} } };
    const use = { keyId: arnOf({ ...key, id: keyId }), grantTokens: [], dryRun: false, plaintext: Buffer.from("x") };
    const uses = (n: number) => refusal(encrypt({ ...use, context: { n: String(n), more: "x" } }, user, world));
    await within(world.store, async (tx) => {
      for (let n = 0; n < 250; n++) {
        await insertGrant(tx, {
          id: world.ids.hex(32),
          keyId,
          owner: OWNER,
          name: undefined,
          granteePrincipal: user.arn,
          retiringPrincipal: undefined,
          issuingAccount: caller().arn,
          operations: n < 240 ? ["DescribeKey", "Encrypt"] : ["Decrypt", "ReEncryptTo"],
          constraint: { kind: "subset", context: { n: String(n) } },
          createdAt: world.clock.now(),
          contextDigest: "",
          sameness: undefined,
        });
      }
    });
    for (const n of [0, 99, 100, 101, 200, 239]) expect([n, await uses(n)]).toEqual([n, "not refused"]);
    for (const n of [240, 249, 250]) expect([n, await uses(n)]).toEqual([n, expect.stringContaining("not authorized")]);
  });

  test("a named grant that several ask for at once is one grant", async () => {
    const world = keyWorld(await database.open());
    const key = await createKey({ kind: SYMMETRIC, description: "", tags: [] }, caller(), world);
    const order = {
      keyId: key.id,
      granteePrincipal: caller().arn,
      retiringPrincipal: undefined,
      operations: ["Encrypt"],
      constraints: undefined,
      name: "once",
      grantTokens: [],
      dryRun: false,
    };
    const grants = await together(8, () => orderGrant(order, caller(), world));
    expect(new Set(grants.map(({ grantId }) => grantId)).size).toBe(1);
    expect(new Set(grants.map(({ grantToken }) => grantToken)).size).toBe(8);
  });

  test("two who take from the pool at once never get the same key, and a failed transaction gives its key back", async () => {
    const world = keyWorld(await database.open());
    await fillPool(world, 10);
    const failed = within(world.store, async (tx) => {
      await takeFromPool(tx, "RSA_2048", world.root);
      throw new Error("changed my mind");
    });
    await expect(failed).rejects.toThrow("changed my mind");
    const taken = await together(14, () => within(world.store, (tx) => takeFromPool(tx, "RSA_2048", world.root)));
    const keys = taken.flatMap((pair) => (pair ? [pair.spki.toString("hex")] : []));
    expect(keys).toHaveLength(10);
    expect(new Set(keys).size).toBe(10);
    expect(await poolLevel(1, world)).toBe(0);
    await stockPool("RSA_2048", world);
    await stockPool("RSA_2048", world);
    expect(await poolLevel(9, world)).toBe(1);
  });

  test("a key whose end is cancelled in the moment it is due is either there or gone, never half", async () => {
    const world = keyWorld(await database.open());
    const keys = await together(6, () => createKey({ kind: SYMMETRIC, description: "", tags: [] }, caller(), world));
    for (const key of keys) await scheduleKeyDeletion({ keyId: key.id, pendingDays: 7 }, caller(), world);
    world.clock.advance(7 * DAY);
    for (const key of keys) {
      const [cancelled] = await Promise.all([
        refusal(cancelKeyDeletion(key.id, caller(), world)),
        destroyKey(key.id, world),
      ]);
      const rows = await world.store.selectFrom("masterKeys").select("state").where("id", "=", key.id).execute();
      const material = await world.store
        .selectFrom("masterKeyMaterials")
        .select("version")
        .where("keyId", "=", key.id)
        .execute();
      if (cancelled === "not refused") expect([rows, material.length]).toEqual([[{ state: "Disabled" }], 1]);
      else expect([cancelled, rows, material]).toEqual([`Refusal: Key '${arnOf(key)}' does not exist`, [], []]);
    }
  });

  test("a store remembers its root of custody, also when two nodes start it at once", async () => {
    const store = await database.open();
    const passphrase = { kind: "passphrase", bytes: Buffer.from("correct horse") } as const;
    const { clock } = keyWorld(store);
    const [first, second] = await together(2, () => openRoot(passphrase, { store, clock }));
    using opened = second!.open(first!.seal(Buffer.from("x"), "test"), "test");
    expect(opened.bytes.toString()).toBe("x");
    const wrong = { kind: "passphrase", bytes: Buffer.from("battery staple") } as const;
    await expect(openRoot(wrong, { store, clock })).rejects.toThrow(WrongRoot);
    const file = { kind: "key-file", bytes: Buffer.alloc(32) } as const;
    await expect(openRoot(file, { store, clock })).rejects.toThrow("are sealed under a passphrase");
  });

  test("a store whose root was replaced says so at the first use", async () => {
    const world = keyWorld(await database.open());
    const { envelope } = await leaf(world, "EC_prime256v1");
    const replaced = { ...world, root: keyFileRoot(Buffer.alloc(32, 8)) };
    await expect(openPrivateKey(world.store, envelope, OWNER, CERTIFICATE, replaced)).rejects.toThrow(WrongRoot);
  });
});

test("after keys were made, sealed and used, no file of the database holds one in clear", async () => {
  const url = await DATABASES[0]!.url();
  const store = await openStore(url);
  onTestFinished(() => store.destroy());
  const world = keyWorld(store);
  await fillPool(world, 2);
  const secrets: Buffer[] = [];
  for (const algorithm of ["RSA_2048", "EC_prime256v1", "EC_secp384r1"] as const) {
    const { envelope } = await leaf(world, algorithm);
    const { grantToken } = await grantTo(world, envelope.keyArn);
    secrets.push((await decryptDataKey(world, envelope, [grantToken])).plaintext.bytes);
    const pkcs8 = await openPrivateKey(store, envelope, OWNER, CERTIFICATE, world);
    const key = createPrivateKey({ key: pkcs8.bytes, format: "der", type: "pkcs8" });
    const { d, p, q } = key.export({ format: "jwk" });
    for (const part of [d, p, q]) if (part !== undefined) secrets.push(Buffer.from(part, "base64url"));
  }
  for (const { keyId, version, sealed } of await store
    .selectFrom("masterKeyMaterials")
    .select(["keyId", "version", "sealed"])
    .execute()) {
    const key = custodyKey(Buffer.alloc(32, 7)).materials;
    secrets.push(openAs(key, sealed!, `kms:${keyId}:${version}`).bytes);
  }
  expect(secrets).toHaveLength(3 + 3 + 1 + 1 + 1);
  await world.journal.flush();
  const directory = dirname(url.slice("file:".length));
  const files = readdirSync(directory).map((file) => readFileSync(`${directory}/${file}`));
  expect(files.length).toBeGreaterThanOrEqual(2); // the database and its log
  const all = Buffer.concat(files);
  expect(all.includes("acm.amazonaws.com")).toBe(true); // this is the right file
  for (const secret of secrets) {
    for (const form of [
      secret,
      secret.toString("hex"),
      secret.toString("base64").replace(/=+$/, ""),
      secret.toString("base64url"),
    ]) {
      // Half of it would be too much.
      const half = form.length / 2;
      expect(all.includes(form.slice(0, half)) || all.includes(form.slice(half))).toBe(false);
    }
  }
});

async function fillPool(world: KeyWorld, count: number): Promise<void> {
  const pool = newPoolDataKey(world.root);
  using dataKey = pool.dataKey;
  for (const pair of await together(count, () => makeWrapped(dataKey))) await addToPool(pair, pool.sealed, world);
}
