import { verify, X509Certificate } from "node:crypto";
import { describe, expect, test } from "vitest";
import { prepareLeaf, takeLeaf } from "#ca/issue.ts";
import { caPages } from "#ca/pages.ts";
import { revokeSerial } from "#ca/revocation.ts";
import { Signers } from "#ca/signers.ts";
import { ownTimestamp } from "#ca/transparency/append.ts";
import { readCheckpoint, rootOf, signCheckpoint } from "#ca/transparency/checkpoint.ts";
import { ownLog } from "#ca/transparency/log.ts";
import { merkleTreeLeaf, readTileLeaf, timestampInput } from "#ca/transparency/structures.ts";
import { verifyLog } from "#ca/transparency/verify.ts";
import { leafHash, rootOver } from "#lib/merkle-hash.ts";
import { findCertificateStatus } from "#store/revocations.ts";
import type { Store } from "#store/store.ts";
import { insertLogNode, listLogEntries } from "#store/transparency.ts";
import { type CaWorld, caNode, hierarchyOf, issue, leafKey, leafRequest } from "../support/ca-world.ts";
import { DATABASES } from "../support/databases.ts";
import { openssl } from "../support/openssl.ts";
import { testClock } from "../support/test-clock.ts";
import { timestampsSeen } from "../support/timestamps-seen.ts";

describe.for(DATABASES)("the log of certificates on $name", (database) => {
  test("a leaf has the log's timestamp, which stands for the entry at its place", async () => {
    const world = await loggingWorld(await database.open());
    const log = await ownLog(world);
    for (const type of ["EC_prime256v1", "RSA_2048"] as const) {
      const leaf = await issue(world, { subjectPublicKeyInfo: leafKey(type).spki });
      const text = await openssl("x509 -in leaf.pem -noout -text", { "leaf.pem": leaf.pem });
      expect(text).toContain("CT Precertificate SCTs");
      expect(text.replaceAll(/[\s:]/g, "")).toContain(`LogID${log.id.toString("hex").toUpperCase()}`);
      expect(text).not.toContain("Poison");
    }
    const [bytes] = await listLogEntries(world.store, 1, 1);
    const { logged, timestamped, precertificate, chain } = readTileLeaf(bytes!);
    expect(logged.position).toBe(1);
    expect(chain).toHaveLength(2);
    const pre = await openssl("x509 -inform der -in pre.der -noout -text", { "pre.der": precertificate });
    expect(pre).toMatch(/CT Precertificate Poison: critical/);
    const [, sct] = await timestampsOf(world.store);
    const key = { key: log.publicKey, format: "der", type: "spki" } as const;
    expect(verify("sha256", timestampInput(timestamped), key, sct!)).toBe(true);
    expect(await verifyLog(world.store)).toEqual({
      entries: 2,
      certificates: 2,
      unlogged: 0,
      findings: ["there is no checkpoint"],
    });
  });

  test("OpenSSL's client, which knows the log, finds the timestamp valid", async () => {
    // OpenSSL holds a timestamp against the whole second that the handshake began in.
    const world = await loggingWorld(await database.open(), testClock(new Date(Date.now() - 60_000)));
    const { spki, privateKey } = leafKey("EC_prime256v1");
    const leaf = await issue(world, { subjectPublicKeyInfo: spki });
    const key = (await ownLog(world)).publicKey.toString("base64");
    const said = await timestampsSeen(world, leaf, privateKey, [["Our own log", key]]);
    expect(said).toContain("SCTs present (1)");
    expect(said).toMatch(/SCT validation status: valid/);
    expect(said).toContain("Our own log");
  });

  test("everything below the log's path can be fetched, and gives the root that the checkpoint says", async () => {
    const world = await loggingWorld(await database.open());
    const { store } = world;
    await issue(world);
    await fill(store, 600);
    await issue(world);
    expect((await ct(world, "checkpoint")).status).toBe(404);
    await signCheckpoint(world);
    const text = (await ct(world, "checkpoint")).body.toString();
    const log = await ownLog(world);
    const checkpoint = readCheckpoint(text, log.publicKey)!;
    expect(checkpoint).toMatchObject({ origin: "127.0.0.1:4566/ca/ct", size: 602 });
    expect(readCheckpoint(text.replace("602", "601"), log.publicKey)).toBeUndefined();

    const hashes: Buffer[] = [];
    const data: Buffer[] = [];
    for (const tile of ["000", "001", "002.p/90"]) {
      const { body, status } = await ct(world, `tile/0/${tile}`);
      expect(status).toBe(200);
      for (let at = 0; at < body.length; at += 32) hashes.push(body.subarray(at, at + 32));
      const entries = (await ct(world, `tile/data/${tile}`)).body;
      for (let at = 0; at < entries.length; ) {
        const entry = readTileLeaf(entries, at);
        data.push(leafHash(merkleTreeLeaf(entry.timestamped)));
        at = entry.end;
      }
    }
    expect(data).toEqual(hashes);
    expect(rootOver(hashes).equals(checkpoint.root)).toBe(true);
    const above = (await ct(world, "tile/1/000.p/2")).body;
    expect(above.equals(Buffer.concat([rootOver(hashes.slice(0, 256)), rootOver(hashes.slice(256, 512))]))).toBe(true);
    for (const none of [
      "tile/0/002",
      "tile/0/003",
      "tile/0/002.p/91",
      "tile/1/000",
      "tile/2/000.p/1",
      "tile/0/0",
      "tile/6/000",
      "tile/0/x000/000",
      "tile/0/000.p/0",
      "issuer/00",
      "x",
    ]) {
      expect([none, (await ct(world, none)).status]).toEqual([none, 404]);
    }
    const [bytes] = await listLogEntries(store, 0, 1);
    const fingerprint = readTileLeaf(bytes!).chain[0]!.toString("hex");
    expect(new X509Certificate((await ct(world, `issuer/${fingerprint}`)).body).subject).toContain("Sealkeeper EC 1");
  });

  test("roots of all sizes are those of the whole tree", async () => {
    const world = await loggingWorld(await database.open());
    const hashes = await fill(world.store, 530, false);
    for (const size of [1, 2, 3, 255, 256, 257, 511, 512, 513, 530]) {
      expect([size, (await rootOf(world.store, size)).toString("hex")]).toEqual([
        size,
        rootOver(hashes.slice(0, size)).toString("hex"),
      ]);
    }
  });

  test("several nodes that log at once leave no gap, and one key", async () => {
    const world = await loggingWorld(await database.open());
    const nodes = [world, logging(caNode(world.store, world.clock)), logging(caNode(world.store, world.clock))];
    await Promise.all(Array.from({ length: 24 }, (_, index) => issue(nodes[index % 3]!)));
    await Promise.all(nodes.map(signCheckpoint));
    expect(await verifyLog(world.store)).toEqual({ entries: 24, certificates: 24, unlogged: 0, findings: [] });
  });

  test("a process that dies between the log and the certificate leaves a precertificate, which OCSP knows", async () => {
    const world = await loggingWorld(await database.open());
    const request = leafRequest();
    const prepared = await world.store.transaction().execute((tx) => prepareLeaf(tx, request, world));
    const { intent } = await takeLeaf(world.store, prepared, world);
    const issuer = await world.signers.issuer(world.store, intent.issuerId);
    const dying = { id: intent.id, tbs: Buffer.from(intent.tbs!) };
    await ownTimestamp(dying, issuer, world);
    await expect(ownTimestamp(dying, issuer, world)).rejects.toThrow("abandoned before it was logged");
    world.clock.advance(6_000);
    const leaf = await issue(world, request);
    expect(leaf.serial).not.toBe(intent.serial);
    expect(await findCertificateStatus(world.store, "ec1", intent.serial)).toEqual({
      issued: true,
      revocation: undefined,
    });
    await world.store
      .transaction()
      .execute((tx) => revokeSerial(tx, { issuerId: "ec1", serial: intent.serial, reason: "superseded" }, world));
    await signCheckpoint(world);
    expect(await verifyLog(world.store)).toEqual({ entries: 2, certificates: 1, unlogged: 0, findings: [] });
  });

  test("the walk finds whatever was changed", async () => {
    const world = await loggingWorld(await database.open());
    const { store } = world;
    for (let i = 0; i < 3; i++) await issue(world);
    await signCheckpoint(world);
    expect((await verifyLog(store)).findings).toEqual([]);
    const rows = await store.selectFrom("ctEntries").selectAll().orderBy("position").execute();
    const damaged = async (change: (store: Store) => Promise<unknown>): Promise<readonly string[]> => {
      await change(store);
      const { findings } = await verifyLog(store);
      await store.deleteFrom("ctEntries").where("position", ">=", 0).execute();
      await store.insertInto("ctEntries").values(rows).execute();
      return findings;
    };
    const put = (position: number, row: Partial<(typeof rows)[0]>) => (db: Store) =>
      db.transaction().execute(async (tx) => {
        await tx.deleteFrom("ctEntries").where("position", "=", position).execute();
        await tx
          .insertInto("ctEntries")
          .values({ ...rows[position]!, ...row })
          .execute();
      });
    const flipped = (bytes: Uint8Array, at: number): Buffer => {
      const copy = Buffer.from(bytes);
      copy[at] = (copy[at] ?? 0) ^ 1;
      return copy;
    };
    expect(await damaged(put(1, { leafHash: flipped(rows[1]!.leafHash, 0) }))).toEqual([
      "entry 1: its hash is another",
      "the checkpoint over 3 entries has another root",
    ]);
    for (const at of [3, 9, 20, 60, 400, 700, rows[1]!.entry.length - 70, rows[1]!.entry.length - 1]) {
      expect((await damaged(put(1, { entry: flipped(rows[1]!.entry, at) })))[0]).toMatch(/^entry 1: /);
    }
    const swapped = await damaged(put(1, { leafHash: rows[2]!.leafHash, entry: rows[2]!.entry }));
    expect(swapped[0]).toBe("entry 1: it says that it is entry 2");
    const removed = await damaged((db) => db.deleteFrom("ctEntries").where("position", "=", 2).execute());
    expect(removed[0]).toBe("of the entries from 0 on 1 are missing");
    expect(removed.at(-1)).toMatch(/^the certificate [0-9a-f]{32} of ec1 is not in the log/);
    expect((await verifyLog(store)).findings).toEqual([]);
  });

  test("without the log nothing changes, and what was signed then is told apart", async () => {
    const plain = caNode(await database.open());
    await hierarchyOf(plain);
    const leaf = await issue(plain);
    expect(await openssl("x509 -in leaf.pem -noout -text", { "leaf.pem": leaf.pem })).not.toContain("SCT");
    expect((await ct(plain, "checkpoint")).status).toBe(404);
    expect(await verifyLog(plain.store)).toEqual({ entries: 0, certificates: 0, unlogged: 1, findings: [] });
  });
});

async function loggingWorld(store: Store, clock?: ReturnType<typeof testClock>): Promise<CaWorld> {
  const world = logging(caNode(store, clock));
  await hierarchyOf(world);
  return world;
}

function logging(node: CaWorld): CaWorld {
  const { root, caUrl } = node.signers;
  return { ...node, signers: new Signers({ root, caUrl, transparency: true }) };
}

async function ct(world: CaWorld, path: string): Promise<{ status: number; body: Buffer }> {
  return (await caPages(world)("GET", `/ca/ct/${path}`, Buffer.alloc(0)))!;
}

/** Copies of the first entry under other places, or anything: only their hashes matter. */
async function fill(store: Store, count: number, like = true): Promise<Buffer[]> {
  const [first] = like ? await listLogEntries(store, 0, 1) : [];
  const from = like ? 1 : 0;
  const rows = Array.from({ length: count }, (_, index) => {
    const entry = first ?? Buffer.from(`${index}`);
    const bytes = first ? merkleTreeLeaf(readTileLeaf(first).timestamped) : entry;
    return { position: from + index, leafHash: leafHash(bytes), entry };
  });
  await store.insertInto("ctEntries").values(rows).execute();
  await store
    .insertInto("ctLogs")
    .values({
      id: "x",
      sealedKey: Buffer.alloc(1),
      publicKey: Buffer.alloc(1),
      size: 0,
      publishedSize: 0,
      publishedAt: 0,
    })
    .execute();
  await store
    .updateTable("ctLogs")
    .set({ size: from + count })
    .where("id", "=", "own")
    .execute();
  const hashes = [...(like ? [rows[0]!.leafHash] : []), ...rows.map((row) => row.leafHash)];
  for (let tile = 0; (tile + 1) * 256 <= hashes.length; tile++) {
    await insertLogNode(store as never, 1, tile, rootOver(hashes.slice(tile * 256, tile * 256 + 256)));
  }
  return hashes;
}

/** The signatures in the timestamps of all leafs, in the order of the log. */
async function timestampsOf(store: Store): Promise<Buffer[]> {
  const leafs = await store.selectFrom("caIssuances").select("certificate").orderBy("logPosition").execute();
  return leafs.map(({ certificate }) => {
    const der = Buffer.from(certificate!);
    const at = der.indexOf(Buffer.from("060a2b06010401d679020402", "hex"));
    // OID, OCTET STRING, OCTET STRING, list, one SCT: version, log, time, extensions of 8 bytes, algorithm, signature
    const sct = der.indexOf(Buffer.from([0x00, 0x08, 0x00, 0x00, 0x05]), at);
    const length = der.readUInt16BE(sct + 12);
    return der.subarray(sct + 14, sct + 14 + length);
  });
}
