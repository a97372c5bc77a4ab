import { spawn } from "node:child_process";
import { once } from "node:events";
import { describe, expect, onTestFinished, test } from "vitest";
import { startCustodian } from "#custody/custodian.ts";
import { type KeyRing, openKeyRing } from "#custody/key-ring.ts";
import { localVault, type RootOpener } from "#custody/local-vault.ts";
import { finishMove, moveRoot, RootChangeRefused } from "#custody/move-root.ts";
import { makeTokenKey, tokenRoot } from "#custody/pkcs11-root.ts";
import { resealAll, type Unreadable, verifySealed } from "#custody/reseal.ts";
import { WrongRoot } from "#custody/root.ts";
import { rotateRoot } from "#custody/rotate-root.ts";
import { keyFileRootOf, passphraseRootOf, type RootKind } from "#custody/wrapping-root.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { seededRandom } from "#lib/seeded-random.ts";
import { listCustodyKeys } from "#store/custody-roots.ts";
import { findInstanceSecret, insertInstanceSecret } from "#store/instance-secrets.ts";
import { openStore, type Store } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { softHsm } from "../support/soft-hsm.ts";
import { testClock } from "../support/test-clock.ts";
import { testTimers } from "../support/test-timers.ts";

const SEED = Number(process.env["SEALKEEPER_SEED"] ?? Date.now() % 1_000_000);
const FILE: RootOpener = () => keyFileRootOf(Buffer.alloc(32, 1));
const OTHER: RootOpener = () => keyFileRootOf(Buffer.alloc(32, 2));
const PASSPHRASE: RootOpener = (salt) => passphraseRootOf(Buffer.from("correct horse"), salt ?? Buffer.alloc(16));

describe.for(DATABASES)("the root of custody on $name", (database) => {
  test("is moved from a key file to a passphrase and to a token while nodes serve; the old root then opens nothing", async () => {
    const hsm = softHsm();
    const place = { ...hsm, object: "root" };
    const pin = (): PlaintextKey => new PlaintextKey(Buffer.from("1234"));
    await makeTokenKey(place, pin);
    const TOKEN: RootOpener = () => tokenRoot(place, pin);
    const store = await database.open();
    const running = await open("key-file", store, FILE);
    await fill(store, running.ring, 20);
    const roots: [RootKind, RootOpener][] = [
      ["key-file", FILE],
      ["passphrase", PASSPHRASE],
      ["pkcs11", TOKEN],
    ];
    for (const [index, [kind, opener]] of roots.entries()) {
      const next = roots[index + 1];
      if (!next) break;
      const command = await open(kind, store, opener, next[1]);
      await moveRoot(next[0], command);
      await moveRoot(next[0], command); // again: nothing more happens
      expect(await readable(store, (await open(kind, store, opener)).ring)).toBe(20);
      const moved = await open(next[0], store, next[1]);
      expect(await readable(store, moved.ring)).toBe(20);
      await expect(finishMove(command)).rejects.toThrow("this command was given the old root");
      await finishMove(moved);
      await expect(open(kind, store, opener)).rejects.toThrow(/are sealed under (a|root)/);
      expect(await readable(store, moved.ring)).toBe(20);
      expect(await readable(store, running.ring)).toBe(20); // a node that was there from the beginning
    }
  });

  test("a move is taken back by moving to the old root, and cannot be mixed with a rotation or another move", async () => {
    const store = await database.open();
    const command = await open("key-file", store, FILE, OTHER);
    await fill(store, command.ring, 3);
    await expect(finishMove(command)).rejects.toThrow("nothing is moved");
    await moveRoot("key-file", command);
    await expect(rotate(command)).rejects.toThrow(RootChangeRefused);
    const third = await open("key-file", store, FILE, () => keyFileRootOf(Buffer.alloc(32, 3)));
    await expect(moveRoot("key-file", third)).rejects.toThrow("another move is not finished");
    const back = await open("key-file", store, OTHER, FILE);
    await moveRoot("key-file", back);
    await finishMove(command);
    await expect(open("key-file", store, OTHER)).rejects.toThrow(WrongRoot);
    expect(await readable(store, (await open("key-file", store, FILE)).ring)).toBe(3);
  });

  test("a rotation and a move, or two moves, that come at the same moment: one is refused, and every root opens every key", async () => {
    const store = await database.open();
    const first = await open("key-file", store, FILE, OTHER);
    await fill(store, first.ring, 3);
    const rotating = await open("key-file", store, FILE);
    const newKey = async (root: number) => {
      await moveRoot("key-file", first); // a whole move between the rotation's look at the roots and its key
      return await rotating.vault.newKey(root);
    };
    await expect(rotate({ ...rotating, vault: { ...rotating.vault, newKey } })).rejects.toThrow(
      "a move is not finished",
    );
    expect(await listCustodyKeys(store, first.ring.rootFingerprint)).toHaveLength(2);
    const moved = await open("key-file", store, OTHER);
    expect(await readable(store, moved.ring)).toBe(3);
    await finishMove(moved);
    await expect(rotate(first)).rejects.toThrow("the root of custody was moved");

    const third = await open("key-file", store, OTHER, () => keyFileRootOf(Buffer.alloc(32, 3)));
    const fourth = await open("key-file", store, OTHER, () => keyFileRootOf(Buffer.alloc(32, 4)));
    const wrap = async (root: number, keyId: string) => {
      await moveRoot("key-file", fourth).catch(() => {}); // the second time, it is moved already
      return await third.vault.wrap(root, keyId);
    };
    await expect(moveRoot("key-file", { ...third, vault: { ...third.vault, wrap } })).rejects.toThrow("do it again");
    const last = await open("key-file", store, () => keyFileRootOf(Buffer.alloc(32, 4)));
    await finishMove(last);
    expect(await readable(store, last.ring)).toBe(3);

    const either = await Promise.allSettled([
      moveRoot("key-file", await open("key-file", store, () => keyFileRootOf(Buffer.alloc(32, 4)), FILE)),
      rotate(await open("key-file", store, () => keyFileRootOf(Buffer.alloc(32, 4)))),
    ]);
    for (const each of either) if (each.status === "rejected") expect(each.reason).toBeInstanceOf(RootChangeRefused);
    expect(await readable(store, (await open("key-file", store, () => keyFileRootOf(Buffer.alloc(32, 4)))).ring)).toBe(
      3,
    );
  });

  test("a rotation seals everything anew and destroys the key before; a node learns it, a tampered value stops it", async () => {
    const store = await database.open();
    const node = await open("key-file", store, FILE);
    const command = await open("key-file", store, FILE);
    await fill(store, command.ring, 30);
    const before = command.ring.root.fingerprint;
    const material = await command.vault.make("ECC_NIST_P256", "kms:1:1");
    await store.insertInto("instanceSecrets").values({ name: "material", sealed: material.sealed }).execute();
    const token = command.ring.root.tokens.seal(Buffer.from("held by an edge"), "kms:grant-token");

    const { keyId, resealed } = await rotate(command);
    expect([keyId === before, resealed]).toEqual([false, 31]);
    expect(await resealAll(before, command)).toBe(0);
    expect((await listCustodyKeys(store, command.ring.rootFingerprint)).map(({ state }) => state).toSorted()).toEqual([
      "current",
      "token",
    ]);
    const sealed = (await findInstanceSecret(store, "s1"))!;
    expect(() => node.ring.root.open(sealed, "secret:s1")).toThrow(WrongRoot); // it looks, and knows at the next try
    await node.ring.refresh();
    expect(await readable(store, node.ring)).toBe(31);
    expect(node.ring.root.tokens.open(token, "kms:grant-token").bytes.toString()).toBe("held by an edge");
    const again = (await findInstanceSecret(store, "material"))!;
    expect(Buffer.from(again).equals(material.sealed)).toBe(false);
    const use = { spec: "ECC_NIST_P256", purpose: "kms:1:1", sealed: again } as const;
    expect(await node.vault.use(use, { do: "check" })).toBeDefined();

    const changed = Buffer.from(sealed);
    changed[changed.length - 1] = (changed.at(-1) ?? 0) ^ 1;
    await store
      .updateTable("instanceSecrets")
      .set({ sealed: changed } as never)
      .where("name", "=", "s1")
      .execute();
    await expect(rotate(command)).rejects.toThrow("a value in instance_secrets.sealed does not open");
    const problems: Unreadable[] = [];
    const keys = (await listCustodyKeys(store, command.ring.rootFingerprint)).map(({ id }) => id);
    expect(await verifySealed(keys, (problem) => problems.push(problem), command)).toEqual({
      opened: 30,
      unreadable: 1,
    });
    expect(problems).toMatchObject([{ table: "instance_secrets", column: "sealed", purpose: "secret:s1" }]);
  });

  test("what seals, node or command, seals under no key that a rotation destroys while it starts", async () => {
    const store = await database.open();
    const clock = testClock("2026-11-22T00:00:00Z");
    const command = await open("key-file", store, FILE, undefined, clock);
    const other = await open("key-file", store, FILE, undefined, clock);
    const before = command.ring.root.fingerprint;
    // A whole rotation between its first look at the keys and the moment when it is written down as a node.
    let looks = 0;
    const refresh = async () => {
      const state = await command.ring.refresh();
      if (++looks === 1) await rotate(other);
      return state;
    };
    const ring = { ...command.ring, refresh };
    const custodian = await startCustodian({
      ...command,
      ring,
      timers: testTimers(clock),
      node: "command",
      onError: () => {},
    });
    expect(command.ring.root.fingerprint).not.toBe(before);
    await fill(store, command.ring, 3);
    await custodian.stop();
    expect(await readable(store, other.ring)).toBe(3);
    expect(await resealAll(before, other)).toBe(0);
    const acts = await store.selectFrom("auditRecords").select(["eventName", "resource"]).orderBy("id").execute();
    expect(acts.map(({ eventName }) => eventName)).toEqual([
      "CreateRootKey",
      "CreateRootKey",
      "CreateRootKey",
      "RotateRoot",
      "DestroyRootKey",
    ]);
    expect(acts.at(-1)?.resource).toBe(`root:${before}`);
  });

  test("a rotation waits for every node, and for none that is gone; a node that cannot look stops sealing", async () => {
    const store = await database.open();
    const clock = testClock("2026-11-22T00:00:00Z");
    const timers = testTimers(clock);
    const node = await open("key-file", store, FILE, undefined, clock);
    const custodian = await startCustodian({ ...node, timers, node: "n1", onError: () => {} });
    const command = await open("key-file", store, FILE, undefined, clock);
    await fill(store, command.ring, 5);
    let pauses = 0;
    const rotation = rotateRoot({
      ...command,
      tell: () => {},
      async pause() {
        pauses++;
        timers.advance(1_000); // the node looks every five seconds
        await new Promise((resolve) => setImmediate(resolve));
      },
    });
    await rotation;
    expect(pauses).toBeGreaterThan(2);
    expect(await readable(store, node.ring)).toBe(5);

    clock.advance(61_000);
    expect(() => node.ring.root.seal(Buffer.from("x"), "x")).toThrow("not confirmed by the store in time");
    await node.ring.refresh();
    node.ring.root.seal(Buffer.from("x"), "x");
    await custodian.stop();
    await rotate(command); // nobody is there: it waits for nobody
  });

  test(`killed at any moment, a rotation leaves nothing unreadable, and the next run finishes it (seed ${SEED})`, async () => {
    const random = seededRandom(SEED);
    const url = await database.url();
    const store = await openStore(url);
    onTestFinished(() => store.destroy());
    const first = await open("key-file", store, FILE);
    await fill(store, first.ring, 200);
    const states = new Set<string>();
    for (let kills = 0; kills < 8; kills++) {
      const script = new URL("../support/rotate-until-killed.ts", import.meta.url).pathname;
      const child = spawn(process.execPath, [script, url], { stdio: ["ignore", "pipe", "inherit"] });
      await once(child.stdout, "data");
      await new Promise((resolve) => setTimeout(resolve, random() * 300));
      child.kill("SIGKILL");
      await once(child, "exit");
      const now = await open("key-file", store, FILE);
      expect(await readable(store, now.ring)).toBe(200);
      const keys = await listCustodyKeys(store, now.ring.rootFingerprint);
      states.add(
        keys
          .map(({ state }) => state)
          .toSorted()
          .join(),
      );
    }
    console.log(`${database.name}: killed in the states ${[...states].join(" | ")}`);
    const last = await open("key-file", store, FILE);
    await rotate(last);
    expect(await readable(store, last.ring)).toBe(200);
    expect(await listCustodyKeys(store, last.ring.rootFingerprint)).toHaveLength(2);
  });
});

type Opened = Awaited<ReturnType<typeof open>>;

async function open(
  kind: RootKind,
  store: Store,
  root: RootOpener,
  next?: RootOpener,
  clock = testClock("2026-11-22T00:00:00Z"),
) {
  const vault = localVault(next ? [root, next] : [root]);
  return { store, vault, clock, ring: await openKeyRing(kind, { store, vault, clock }) };
}

function rotate(command: Opened) {
  return rotateRoot({ ...command, pause: () => Promise.resolve(), tell: () => {} });
}

async function fill(store: Store, { root }: KeyRing, count: number): Promise<void> {
  for (let i = 0; i < count; i++) {
    await insertInstanceSecret(store, `s${i}`, root.seal(Buffer.from(`secret ${i}`), `secret:s${i}`));
  }
}

/** How many values open, all of which must. */
async function readable(store: Store, ring: KeyRing): Promise<number> {
  const keys = (await listCustodyKeys(store, ring.rootFingerprint)).map(({ id }) => id);
  await ring.refresh();
  const problems: Unreadable[] = [];
  const { opened } = await verifySealed(keys, (problem) => problems.push(problem), { store, ring });
  expect(problems).toEqual([]);
  return opened;
}
