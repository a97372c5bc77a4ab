import { execFile } from "node:child_process";
import { randomBytes } from "node:crypto";
import { promisify } from "node:util";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { SHARD_CAPACITY } from "#ca/crl-shards.ts";
import type { SignedLeaf } from "#ca/issue.ts";
import { caPages } from "#ca/pages.ts";
import { currentCrl, publishCrls } from "#ca/publish-crl.ts";
import { PUBLISH_CRLS, revokeSerial } from "#ca/revocation.ts";
import { runDueJobs } from "#jobs/worker.ts";
import { DAY, HOUR, SECOND } from "#lib/duration.ts";
import { findCrl, listLiveShards, takeCrlPlace } from "#store/crls.ts";
import { openStore, type Store } from "#store/store.ts";
import { type CaWorld, caNode, caWorld, issue, leafKey } from "../support/ca-world.ts";
import { DATABASES } from "../support/databases.ts";
import { testClock } from "../support/test-clock.ts";

const START = "2026-11-22T12:00:00Z";
const EC = { issuerId: "ec1", shard: 1 };

describe.for(DATABASES)("CRLs on $name", (database) => {
  test("a revoked certificate is on its CRL within a minute, by a promised job, on every node", async () => {
    const world = await caWorld(await database.open(), testClock(START));
    const other = caNode(world.store, world.clock);
    const leaf = await issue(world);
    expect(await listed(leaf, world)).toBe(false);
    expect(await revoke(world, leaf)).toBe(true);
    for (let waited = 0; !(await listed(leaf, other)); waited += SECOND) {
      expect(waited).toBeLessThan(60 * SECOND);
      world.clock.advance(SECOND);
      await work(world);
    }
    expect(await listed(leaf, world)).toBe(true);
    expect(await revoke(world, leaf)).toBe(false);
    await expect(revoke(world, { ...leaf, serial: "4711" })).rejects.toThrow("signed no certificate");
  });

  test("CRL numbers only grow, and of nodes that publish at once one does", async () => {
    const world = await caWorld(await database.open(), testClock(START));
    const nodes = [world, caNode(world.store, world.clock), caNode(world.store, world.clock)];
    const leaves = [await issue(world), await issue(world), await issue(world)];
    let number = 0;
    for (const leaf of leaves) {
      await revoke(world, leaf);
      await Promise.all(nodes.map(publishCrls));
      for (const node of nodes) {
        const crl = await currentCrl(EC, node);
        expect(crl!.der.includes(Buffer.from(leaf.serial, "hex"))).toBe(true);
        expect(crl!.number).toBeGreaterThan(number);
      }
      number = (await currentCrl(EC, world))!.number;
    }
    const rows = await world.store.selectFrom("caRevocations").select(["serial", "listedIn"]).execute();
    expect(rows.every(({ listedIn }) => listedIn !== null && listedIn <= number)).toBe(true);
    await publishCrls(world);
    expect((await currentCrl(EC, world))!.number).toBe(number);
  });

  test("revocations that come together share a CRL, and one that comes while it is made is on the next", async () => {
    const world = await caWorld(await database.open(), testClock(START));
    const leaves = await Promise.all(Array.from({ length: 20 }, () => issue(world)));
    await Promise.all(leaves.slice(0, 12).map((leaf) => revoke(world, leaf)));
    await Promise.all([publishCrls(world), ...leaves.slice(12).map((leaf) => revoke(world, leaf))]);
    world.clock.advance(10 * SECOND);
    await work(world);
    for (const leaf of leaves) expect(await listed(leaf, world)).toBe(true);
    expect((await currentCrl(EC, world))!.number).toBeLessThanOrEqual(2);
  });

  test("a leaf names the shard that lists it; a full shard is followed by the next", async () => {
    const world = await caWorld(await database.open(), testClock(START));
    const first = await issue(world);
    await skipPlaces(world.store, SHARD_CAPACITY - 2);
    const [last, next] = [await issue(world), await issue(world)];
    const rsa = await issue(world, { subjectPublicKeyInfo: leafKey("RSA_2048").spki });
    const shards = await world.store
      .selectFrom("caIssuances")
      .select(["issuerId", "shard"])
      .orderBy("shard")
      .orderBy("issuerId")
      .execute();
    expect(shards.map(({ issuerId, shard }) => `${issuerId}/${shard}`)).toEqual(["ec1/1", "ec1/1", "ec1/2", "rsa1/2"]);
    expect(next.der.includes("/ca/ec1/2.crl")).toBe(true);
    expect(rsa.der.includes("/ca/rsa1/2.crl")).toBe(true);
    for (const leaf of [first, last, next]) await revoke(world, leaf);
    await publishCrls(world);
    const [one, two] = [await currentCrl(EC, world), await currentCrl({ issuerId: "ec1", shard: 2 }, world)];
    for (const leaf of [first, last]) expect(one!.der.includes(Buffer.from(leaf.serial, "hex"))).toBe(true);
    expect(two!.der.includes(Buffer.from(next.serial, "hex"))).toBe(true);
    expect(two!.der.includes(Buffer.from(first.serial, "hex"))).toBe(false);
    expect(two!.der.includes("/ca/ec1/2.crl")).toBe(true);
    const list = await caPages(world)("GET", "/ca/ec1.crls.json", Buffer.alloc(0));
    expect(JSON.parse(list!.body.toString())).toEqual([1, 2].map((n) => `http://127.0.0.1:4566/ca/ec1/${n}.crl`));
  });

  test("no CRL exceeds a megabyte, even if every certificate of a shard is revoked", async () => {
    const world = await caWorld(await database.open(), testClock(START));
    await issue(world);
    await fill(world.store, SHARD_CAPACITY);
    await publishCrls(world);
    const crl = (await currentCrl(EC, world))!;
    expect(crl.der.length).toBeGreaterThan(900_000);
    expect(crl.der.length).toBeLessThan(1_000_000);
    expect(
      await world.store.selectFrom("caRevocations").select("serial").where("listedIn", "is", null).limit(9).execute(),
    ).toEqual([]);
  });

  test("an entry stays until it was on a regular CRL after the end of its certificate; then its shard is at rest", async () => {
    const world = await caWorld(await database.open(), testClock(START));
    const leaf = await issue(world, { validity: 10 * DAY });
    const long = await issue(world, { validity: 30 * DAY });
    await revoke(world, leaf);
    let after = 0;
    for (let day = 0; day < 30; day++) {
      world.clock.advance(DAY);
      await work(world);
      const crl = await currentCrl(EC, world);
      const isListed = crl!.der.includes(Buffer.from(leaf.serial, "hex"));
      if (world.clock.now() <= leaf.notAfter) expect(isListed).toBe(true);
      else if (isListed && crl!.thisUpdate > leaf.notAfter) after++;
    }
    expect(after).toBeGreaterThan(0);
    expect(await listed(leaf, world)).toBe(false);
    expect(await listLiveShards(world.store, "ec1", long.notAfter.getTime() - 1)).toEqual([1]);
    for (let day = 0; day < 20; day++) {
      world.clock.advance(DAY);
      await work(world);
    }
    const { number } = (await findCrl(world.store, EC))!;
    world.clock.advance(30 * DAY);
    await work(world);
    expect((await findCrl(world.store, EC))?.number).toBe(number);
    expect(await currentCrl(EC, world)).toBeUndefined();
    // A new leaf wakes it up.
    await issue(world);
    expect((await currentCrl(EC, world))!.number).toBe(number + 1);
  });

  test("CRLs are made anew long before they end, though nobody revokes and nobody asks", async () => {
    const world = await caWorld(await database.open(), testClock(START));
    await issue(world);
    await currentCrl(EC, world);
    await currentCrl({ issuerId: "r2", shard: 0 }, world);
    for (let at = 0; at < 20 * DAY; at += 12 * HOUR) {
      world.clock.advance(12 * HOUR);
      await work(world);
      for (const shard of [EC, { issuerId: "r2", shard: 0 }]) {
        const { nextUpdate } = (await findCrl(world.store, shard))!;
        expect(nextUpdate! - world.clock.now().getTime()).toBeGreaterThan(3 * DAY - 1);
      }
    }
  });

  test("a revocation writes one row into the CA's tables, however many there are", async () => {
    const world = await caWorld(await database.open(), testClock(START));
    const leaf = await issue(world);
    await fill(world.store, 2_000);
    await publishCrls(world);
    const before = await findCrl(world.store, EC);
    await revoke(world, leaf);
    expect(await findCrl(world.store, EC)).toEqual(before);
    const unlisted = await world.store
      .selectFrom("caRevocations")
      .select("serial")
      .where("listedIn", "is", null)
      .limit(9)
      .execute();
    expect(unlisted).toEqual([{ serial: leaf.serial }]);
  });

  test("one shard that cannot be published does not hold up the others", async () => {
    const world = await caWorld(await database.open(), testClock(START));
    const [ec, rsa] = [await issue(world), await issue(world, { subjectPublicKeyInfo: leafKey("RSA_2048").spki })];
    await revoke(world, ec);
    await revoke(world, rsa);
    const { signers } = world;
    const issuer = signers.issuer.bind(signers);
    signers.issuer = (db, id) => (id === "ec1" ? Promise.reject(new Error("its key is away")) : issuer(db, id));
    await expect(publishCrls(world)).rejects.toThrow("1 CRLs could not be published");
    expect(await listed(rsa, world)).toBe(true);
    signers.issuer = issuer;
    await publishCrls(world);
    expect(await listed(ec, world)).toBe(true);
  });

  test("kill -9 while CRLs are published loses no revocation and no number", async () => {
    const url = await database.url();
    const world = await caWorld(await openStore(url), testClock(START));
    await issue(world);
    await fill(world.store, 3_000);
    await world.store.destroy();
    const publish = `
      const { caNode } = await import("./tests/support/ca-world.ts");
      const { publishCrls } = await import("#ca/publish-crl.ts");
      const { openStore } = await import("#store/store.ts");
      const { testClock } = await import("./tests/support/test-clock.ts");
      const world = caNode(await openStore(process.argv[1]), testClock("${START}"));
      setTimeout(() => process.kill(process.pid, "SIGKILL"), Number(process.argv[2]));
      for (;;) {
        await new Promise(setImmediate); // timers come to their turn
        await publishCrls(world);
        await world.store.updateTable("caRevocations").set({ listedIn: null }).where("serial", "like", "4%").execute();
      }`;
    for (const after of [5, 40, 90]) {
      const child = promisify(execFile)(process.execPath, ["--input-type=module", "-e", publish, url, `${after}`]);
      await expect(child).rejects.toMatchObject({ signal: "SIGKILL" });
    }
    const store = await openStore(url);
    const survivor = caNode(store, testClock(START));
    await publishCrls(survivor);
    const { number, der } = (await currentCrl(EC, survivor))!;
    const rows = await store.selectFrom("caRevocations").select(["serial", "listedIn"]).execute();
    expect(rows.every(({ listedIn }) => listedIn !== null && listedIn <= number)).toBe(true);
    expect(rows.every(({ serial }) => der.includes(Buffer.from(serial, "hex")))).toBe(true);
    await store.destroy();
  });
});

async function listed({ issuerId, serial }: SignedLeaf, node: CaWorld): Promise<boolean> {
  const crl = await currentCrl({ issuerId, shard: 1 }, node);
  return crl?.der.includes(Buffer.from(serial, "hex")) === true;
}

async function revoke(world: CaWorld, { issuerId, serial }: Pick<SignedLeaf, "issuerId" | "serial">): Promise<boolean> {
  return await world.store
    .transaction()
    .execute((tx) => revokeSerial(tx, { issuerId, serial, reason: "superseded" }, world));
}

async function work(world: CaWorld): Promise<void> {
  await runDueJobs({
    ...world,
    node: "test",
    tasks: { [PUBLISH_CRLS]: () => publishCrls(world) },
    onError: (_, error) => {
      throw error;
    },
  });
}

/** As if so many leafs had been issued. */
async function skipPlaces(store: Store, count: number): Promise<void> {
  const place = await store.transaction().execute(takeCrlPlace);
  await store
    .insertInto("caCrlPlaces")
    .values({ place: place + count - 1 })
    .execute();
  const rows = sql`select setval(pg_get_serial_sequence('ca_crl_places', 'place'), ${place + count - 1})`;
  await rows.execute(store).catch(() => undefined); // SQLite counts on by itself
}

/** Revokes so many certificates of the first shard, with the longest entries that there are. */
async function fill(store: Store, count: number): Promise<void> {
  for (let from = 0; from < count; from += 1_000) {
    const rows = Array.from({ length: Math.min(1_000, count - from) }, () => ({
      ...EC,
      serial: `4${randomBytes(16).toString("hex").slice(1)}`,
      reason: 1,
      revokedAt: Date.UTC(2055, 1, 1),
      notAfter: Date.UTC(2055, 2, 1),
    }));
    await store.insertInto("caRevocations").values(rows).execute();
  }
}
