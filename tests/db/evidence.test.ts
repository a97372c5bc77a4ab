import fc from "fast-check";
import { sql } from "kysely";
import { describe, expect, test } from "vitest";
import { openHeadSigner } from "#custody/head-signer.ts";
import { keyFileRoot } from "#custody/root.ts";
import { parseLeafEntry } from "#domain/evidence/leaf.ts";
import { exportJournal } from "#journal/export.ts";
import { readHead } from "#journal/heads.ts";
import { type Act, openJournal, recordIn } from "#journal/journal.ts";
import { proveRecord } from "#journal/prove.ts";
import { growTreeWhole, keepHead, rootAt, type TreeDeps } from "#journal/tree.ts";
import { verifyExport } from "#journal/verify-export.ts";
import { verifyStore, verifyUnsigned } from "#journal/verify-store.ts";
import { randomIds } from "#lib/ids.ts";
import { leafHash } from "#lib/merkle/hashes.ts";
import { rootOfInclusion } from "#lib/merkle/proofs.ts";
import type { NoteVerifier } from "#lib/signed-note.ts";
import { atOneMoment } from "#store/audit-stream.ts";
import { findSigner, findTree, insertSigner } from "#store/audit-tree.ts";
import { openStore, type Store } from "#store/store.ts";
import { DATABASES } from "../support/databases.ts";
import { testClock } from "../support/test-clock.ts";

interface Log extends TreeDeps {
  readonly verifier: NoteVerifier;
}

const act = (eventName: string, more: Partial<Act> = {}): Act => ({
  account: "123456789012",
  region: "eu-west-1",
  principal: "arn:aws:iam::123456789012:root",
  eventSource: "kms.amazonaws.com",
  eventName,
  requestId: randomIds.uuid(),
  ...more,
});

/** With a signer from elsewhere, as the record of its birth would be the first one here. */
async function logOn(store: Store): Promise<Log> {
  const clock = testClock("2026-11-22T00:00:00Z");
  const deps = { root: keyFileRoot(Buffer.alloc(32, 7)), clock, ids: randomIds };
  const elsewhere = await openStore("file::memory:");
  await openHeadSigner({ ...deps, store: elsewhere });
  const signer = await findSigner(elsewhere);
  await elsewhere.destroy();
  if (signer) await insertSigner(store, signer, clock.now());
  const headSigner = await openHeadSigner({ ...deps, store });
  return { store, clock, headSigner, verifier: headSigner.verifier };
}

async function write(log: Log, count: number): Promise<void> {
  const journal = openJournal(log, (error) => {
    throw error;
  });
  for (let i = 0; i < count; i++) journal.note(act(`Act${i}`));
  await journal.flush();
}

const verify = ({ store, verifier }: Log, witnesses: Parameters<typeof verifyStore>[2] = []) =>
  atOneMoment(store, (db) => verifyStore(db, verifier, witnesses, () => {}));

async function exported({ store, verifier }: Log): Promise<string[]> {
  const lines: string[] = [];
  for await (const page of exportJournal(store, verifier)) lines.push(...page);
  return lines;
}

async function* each<T>(values: readonly T[]): AsyncGenerator<T> {
  yield* await Promise.resolve(values);
}

describe.for(DATABASES)("the journal's tree on $name", (database) => {
  test("takes in every record once, in any number of turns, and is signed", async () => {
    const log = await logOn(await database.open());
    for (const count of [1, 300, 0, 700]) {
      await write(log, count);
      await growTreeWhole(log);
    }
    expect(await verify(log)).toMatchObject({ leaves: 1001, count: 0, pending: 0 });
    const { checkpoint } = await findTree(log.store);
    expect(readHead(checkpoint ?? "", log.verifier, "it")).toMatchObject({ size: 1001, at: log.clock.now().getTime() });
  });

  test("is the same tree when several nodes write and make it grow at once", async () => {
    const url = await database.url();
    const one = await openStore(url);
    // An embedded database has one process that writes; two of its nodes are two writers in it.
    const stores = [one, database.name === "SQLite" ? one : await openStore(url)];
    try {
      const first = await logOn(stores[0]!);
      const nodes = [first, { ...first, store: stores[1]! }];
      const node = async (log: Log): Promise<void> => {
        for (let round = 0; round < 8; round++) {
          await Promise.all([
            write(log, 60),
            log.store.transaction().execute((tx) => recordIn(tx, act("InTransaction"), log.clock)),
            growTreeWhole(log),
          ]);
        }
      };
      await Promise.all(nodes.map(node));
      await growTreeWhole(first);
      expect(await verify(first)).toMatchObject({ leaves: 2 * 8 * 61, count: 0, pending: 0, problems: [] });
    } finally {
      for (const store of new Set(stores)) await store.destroy();
    }
  });

  test("gives a record its place that became visible behind later ones, and none to one that never happened", async () => {
    const log = await logOn(await database.open());
    await log.store
      .transaction()
      .execute(async (tx) => {
        await recordIn(tx, act("Undone"), log.clock);
        throw new Error("no");
      })
      .catch(() => {});
    if (database.name === "PostgreSQL") {
      const { promise, resolve } = Promise.withResolvers<void>();
      const started = Promise.withResolvers<void>();
      const slow = log.store.transaction().execute(async (tx) => {
        await recordIn(tx, act("Slow"), log.clock);
        started.resolve();
        await promise;
      });
      await started.promise;
      await write(log, 3);
      await growTreeWhole(log);
      expect((await findTree(log.store)).size).toBe(3);
      resolve();
      await slow;
    } else {
      await write(log, 4);
    }
    await growTreeWhole(log);
    expect(await verify(log)).toMatchObject({ leaves: 4, count: 0, pending: 0 });
  });

  test("the database writes a record's text as it was hashed, whatever stands in it", async () => {
    const log = await logOn(await database.open());
    const all = Array.from({ length: 0x2100 }, (_, code) => String.fromCodePoint(code + 1)).join("");
    await recordIn(log.store, act(all, { resource: "\u{1F511}\u2028\u2029\\\"'/", detail: { [all]: all } }), log.clock);
    await fc.assert(
      fc.asyncProperty(fc.string({ unit: "binary" }), fc.string({ unit: "grapheme" }), async (one, two) => {
        const clean = (text: string): string => text.replaceAll("\0", "");
        await recordIn(log.store, act(clean(one), { grantId: clean(two), userAgent: clean(one) }), log.clock);
      }),
      { numRuns: 60 },
    );
    await growTreeWhole(log);
    expect(await verify(log)).toMatchObject({ count: 0, problems: [] });
    for (const line of await exported(log)) {
      const entry = line.startsWith('{"index":') ? line.slice(line.indexOf('"entry":') + 8, -1) : undefined;
      if (entry !== undefined) expect(parseLeafEntry(entry)).toBeDefined();
    }
  });

  test.for<[what: string, spoil: (store: Store) => Promise<unknown>, problem: object]>([
    [
      "was changed",
      (db) =>
        sql`update audit_records set principal = 'me' where id = (select record_id from audit_leaves where leaf_index = 17)`.execute(
          db,
        ),
      { kind: "changed", index: 17 },
    ],
    [
      "has another time",
      (db) =>
        sql`update audit_records set at = at + 1 where id = (select record_id from audit_leaves where leaf_index = 17)`.execute(
          db,
        ),
      { kind: "changed", index: 17 },
    ],
    [
      "was removed",
      (db) =>
        sql`delete from audit_records where id = (select record_id from audit_leaves where leaf_index = 280)`.execute(
          db,
        ),
      { kind: "removed", index: 280 },
    ],
    [
      "was removed with its place",
      async (db) => {
        await sql`delete from audit_records where id = (select record_id from audit_leaves where leaf_index = 280)`.execute(
          db,
        );
        await sql`delete from audit_leaves where leaf_index = 280`.execute(db);
      },
      { kind: "removed", index: 280 },
    ],
    [
      "was swapped with another",
      async (db) => {
        const [a, b] = await db
          .selectFrom("auditLeaves")
          .selectAll()
          .where("leafIndex", "in", [4, 299])
          .orderBy("leafIndex")
          .execute();
        await sql`delete from audit_leaves where leaf_index in (4, 299)`.execute(db);
        await sql`insert into audit_leaves (leaf_index, record_id) values (4, ${b!.recordId}), (299, ${a!.recordId})`.execute(
          db,
        );
      },
      { kind: "swapped", index: 4 },
    ],
    [
      "was inserted",
      async (db) => {
        await sql`insert into audit_records (at, account, region, principal, access_key_id, event_source, event_name, request_id) values (1, '', '', '', '', '', 'Forged', '')`.execute(
          db,
        );
        await sql`delete from audit_pending`.execute(db);
      },
      { kind: "inserted" },
    ],
    [
      "was inserted behind the end",
      async (db) => {
        await sql`insert into audit_records (at, account, region, principal, access_key_id, event_source, event_name, request_id) values (1, '', '', '', '', '', 'Forged', '')`.execute(
          db,
        );
        await sql`insert into audit_leaves select 300, record_id from audit_pending`.execute(db);
        await sql`delete from audit_pending`.execute(db);
      },
      { kind: "inserted", index: 300 },
    ],
    [
      "was inserted, and another's place in line made up for it",
      async (db) => {
        await sql`insert into audit_records (at, account, region, principal, access_key_id, event_source, event_name, request_id) values (1, '', '', '', '', '', 'Forged', '')`.execute(
          db,
        );
        await sql`update audit_pending set record_id = 999999`.execute(db);
      },
      { kind: "inserted", text: expect.stringContaining("(Forged) has no place in the tree") as string },
    ],
    [
      "was inserted, and another put into line again for it",
      async (db) => {
        await sql`insert into audit_records (at, account, region, principal, access_key_id, event_source, event_name, request_id) values (1, '', '', '', '', '', 'Forged', '')`.execute(
          db,
        );
        await sql`update audit_pending set record_id = (select record_id from audit_leaves where leaf_index = 3)`.execute(
          db,
        );
      },
      { kind: "inserted", text: expect.stringContaining("(Forged) has no place in the tree") as string },
    ],
    [
      "was inserted before the first place",
      async (db) => {
        await sql`insert into audit_records (at, account, region, principal, access_key_id, event_source, event_name, request_id) values (1, '', '', '', '', '', 'Forged', '')`.execute(
          db,
        );
        await sql`insert into audit_leaves select -1, record_id from audit_pending`.execute(db);
        await sql`delete from audit_pending`.execute(db);
      },
      { kind: "inserted", text: expect.stringContaining("(Forged) has no place in the tree") as string },
    ],
    [
      "was put into line again",
      (db) => sql`insert into audit_pending select record_id from audit_leaves where leaf_index = 3`.execute(db),
      { kind: "inserted" },
    ],
    [
      "was removed before it had its place",
      async (db) => {
        await sql`insert into audit_pending (record_id) values (999999)`.execute(db);
      },
      { kind: "removed" },
    ],
  ])("a record that %s is found, and which one", async ([, spoil, problem]) => {
    const log = await logOn(await database.open());
    await write(log, 300);
    await growTreeWhole(log);
    await spoil(log.store);
    const { count, problems } = await verify(log);
    expect(count).toBeGreaterThan(0);
    expect(problems[0]).toMatchObject(problem);
  });

  test("a journal without a signer is whole only before the first start, when no witness knows of it", async () => {
    const look = (store: Store, witnesses: readonly (readonly [string, string])[] = []) =>
      atOneMoment(store, (db) => verifyUnsigned(db, new Map(witnesses)));
    const fresh = await database.open();
    expect(await look(fresh)).toMatchObject({ leaves: 0, count: 0, problems: [] });
    const log = await logOn(await database.open());
    await write(log, 5);
    await growTreeWhole(log);
    const { checkpoint = "" } = await findTree(log.store);
    expect((await look(fresh, [["the witness", checkpoint]])).problems).toMatchObject([
      { kind: "removed", text: expect.stringContaining("the witness is of 5 records") as string },
    ]);
    expect((await look(fresh, [["the witness", "no head at all"]])).count).toBe(1);
    await sql`delete from audit_signers`.execute(log.store);
    await sql`update audit_trees set size = 0, signed_at = null, checkpoint = null`.execute(log.store);
    for (const table of ["audit_checkpoints", "audit_leaves", "audit_tiles", "audit_records"]) {
      expect((await look(log.store)).problems, table).toMatchObject([{ kind: "head" }]);
      await sql.raw(`delete from ${table}`).execute(log.store);
    }
    expect((await look(log.store)).count).toBe(0);
  });

  test("one moment is read, however much another process writes meanwhile, and it waits for nothing", async () => {
    const url = await database.url();
    const [one, another] = [await openStore(url), await openStore(url)];
    try {
      const log = await logOn(one);
      await write(log, 300);
      await growTreeWhole(log);
      const beside = { ...log, store: another };
      const verdict = await atOneMoment(one, async (db) => {
        const { size } = await findTree(db);
        await write(beside, 300);
        await growTreeWhole(beside);
        await write(beside, 3);
        expect([size, (await findTree(db)).size]).toEqual([300, 300]);
        return await verifyStore(db, log.verifier, [], () => {});
      });
      expect(verdict).toMatchObject({ leaves: 300, pending: 0, problems: [] });
      expect(await verify(log)).toMatchObject({ leaves: 600, pending: 3, problems: [] });
    } finally {
      await one.destroy();
      await another.destroy();
    }
  });

  test("the tree tells what root it had at each size, and none for a size that it has not", async () => {
    const log = await logOn(await database.open());
    const roots = new Map<number, Uint8Array>();
    for (const count of [1, 254, 1, 1, 255, 188]) {
      await write(log, count);
      await growTreeWhole(log);
      const head = readHead((await findTree(log.store)).checkpoint ?? "", log.verifier, "it");
      if ("root" in head) roots.set(head.size, head.root);
    }
    expect([...roots.keys()]).toEqual([1, 255, 256, 257, 512, 700]);
    for (const [size, root] of roots) expect(Buffer.from((await rootAt(size, log)) ?? [])).toEqual(root);
    expect(await rootAt(701, log)).toBeUndefined();
    await sql`delete from audit_tiles where level = 0 and number = 1`.execute(log.store);
    expect(await rootAt(257, log)).toBeUndefined();
  });

  test("a record that was changed together with all hashes is found by the signed head, and one cut off by a witness", async () => {
    const log = await logOn(await database.open());
    await write(log, 260);
    await growTreeWhole(log);
    const witness = readHead((await findTree(log.store)).checkpoint ?? "", log.verifier, "the witness");
    if ("problem" in witness) throw new Error(witness.problem);
    expect(await verify(log, [witness])).toMatchObject({ count: 0 });

    // Whoever has the database, but not the root of custody, makes the tree anew and signs it with a key of their own.
    await sql`update audit_records set principal = 'me' where id = (select record_id from audit_leaves where leaf_index = 3)`.execute(
      log.store,
    );
    for (const table of ["audit_leaves", "audit_tiles", "audit_checkpoints", "audit_lookups", "audit_signers"]) {
      await sql.raw(`delete from ${table}`).execute(log.store);
    }
    await sql`update audit_trees set size = 0, signed_at = null, checkpoint = null`.execute(log.store);
    await sql`insert into audit_pending select id from audit_records`.execute(log.store);
    const { clock } = log;
    const forger = await openHeadSigner({
      store: log.store,
      root: keyFileRoot(Buffer.alloc(32, 9)),
      clock,
      ids: randomIds,
    });
    const forged = { ...log, headSigner: forger };
    await growTreeWhole(forged);
    expect((await verify(log)).problems).toContainEqual(expect.objectContaining({ kind: "head" }));

    // Whoever has the root of custody too can do everything, but not change what a witness kept.
    const own = { ...forged, verifier: log.verifier, headSigner: log.headSigner };
    for (const table of ["audit_leaves", "audit_tiles", "audit_checkpoints", "audit_lookups"]) {
      await sql.raw(`delete from ${table}`).execute(log.store);
    }
    await sql`update audit_trees set size = 0`.execute(log.store);
    await sql`insert into audit_pending select id from audit_records`.execute(log.store);
    await growTreeWhole(own);
    expect(await verify(own)).toMatchObject({ count: 0 });
    expect((await verify(own, [witness])).count).toBeGreaterThan(0);
    await sql`delete from audit_leaves where leaf_index >= 200`.execute(log.store);
    expect((await verify(own, [witness])).count).toBeGreaterThan(0);
  });

  test("hashes that were changed in the tree are told from changed records", async () => {
    const log = await logOn(await database.open());
    await write(log, 600);
    await growTreeWhole(log);
    const { hashes } = await log.store
      .selectFrom("auditTiles")
      .select("hashes")
      .where("level", "=", 0)
      .where("number", "=", 1)
      .executeTakeFirstOrThrow();
    const spoiled = Buffer.from(hashes);
    spoiled[33] = (spoiled[33] ?? 0) ^ 1;
    await log.store
      .updateTable("auditTiles")
      .set({ hashes: spoiled })
      .where("level", "=", 0)
      .where("number", "=", 1)
      .execute();
    expect((await verify(log)).problems).toMatchObject([{ kind: "tree", index: 256, to: 511 }]);
  });

  test("an export is verified without the database, and every change of a line is found", async () => {
    const log = await logOn(await database.open());
    await write(log, 600);
    await growTreeWhole(log);
    await keepHead(log);
    const lines = await exported(log);
    const look = (changed: readonly string[]) =>
      verifyExport(
        each(changed),
        log.verifier,
        () => [],
        () => {},
      );
    expect(await look(lines)).toMatchObject({ leaves: 600, count: 0, problems: [] });
    const first = lines.findIndex((line) => line.startsWith('{"index":0,'));
    const at = (index: number): number => first + index;
    const rehashed = (line: string, change: (entry: string) => string): string => {
      const entry = change(line.slice(line.indexOf('"entry":') + 8, -1));
      const index = /^\{"index":(\d+)/.exec(line)?.[1];
      return `{"index":${index},"hash":"${leafHash(entry).toString("base64")}","entry":${entry}}`;
    };
    const swap = [...lines];
    [swap[at(7)], swap[at(400)]] = [lines[at(400)]!, lines[at(7)]!];
    for (const [changed, problem] of [
      [lines.with(at(17), lines[at(17)]!.replace(":root", ":toor")), { kind: "changed", index: 17 }],
      [lines.toSpliced(at(17), 1), { kind: "removed", index: 17 }],
      [lines.toSpliced(at(599), 1), { kind: "removed", index: 599 }],
      [lines.toSpliced(at(17), 0, lines[at(16)]!), { kind: "inserted", index: 17 }],
      [swap, { kind: "swapped", index: 7 }],
      [
        lines.with(
          at(300),
          rehashed(lines[at(300)]!, (entry) => entry.replace(":root", ":toor")),
        ),
        { kind: "changed", index: 256, to: 511 },
      ],
      [lines.toSpliced(at(590)), { kind: "removed", index: 590 }],
    ] as const) {
      const { count, problems } = await look(changed);
      expect(count).toBeGreaterThan(0);
      expect(problems[0]).toMatchObject(problem);
    }
  });

  test("any one record is proved to be in the signed tree", async () => {
    const log = await logOn(await database.open());
    await write(log, 700);
    await growTreeWhole(log);
    for (const index of [0, 255, 256, 511, 699]) {
      const proof = await proveRecord(log.store, index, log.verifier);
      if (typeof proof === "string") throw new Error(proof);
      const head = readHead(proof.checkpoint, log.verifier, "it");
      const path = proof.inclusionProof.map((hash) => Buffer.from(hash, "base64"));
      const root = rootOfInclusion(leafHash(proof.entry), index, proof.size, path);
      expect("root" in head && head.root).toEqual(root);
    }
    expect(await proveRecord(log.store, 700, log.verifier)).toContain("there is no 700");
    await sql`update audit_records set principal = 'me' where id = (select record_id from audit_leaves where leaf_index = 3)`.execute(
      log.store,
    );
    expect(await proveRecord(log.store, 3, log.verifier)).toContain("is not the one that was signed");
  });
});
