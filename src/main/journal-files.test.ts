import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { sql } from "kysely";
import { expect, onTestFinished, test } from "vitest";
import { openHeadSigner } from "#custody/head-signer.ts";
import { keyFileRoot } from "#custody/root.ts";
import { recordIn } from "#journal/journal.ts";
import { growTreeWhole } from "#journal/tree.ts";
import { MINUTE } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import { writeVerifier } from "#lib/signed-note.ts";
import { findTree } from "#store/audit-tree.ts";
import { openStore } from "#store/store.ts";
import { testClock } from "../../tests/support/test-clock.ts";
import { checkpointFiles, findCheckpointFiles } from "./journal-files.ts";

function directory(): string {
  const path = mkdtempSync(join(tmpdir(), "journal-files-"));
  onTestFinished(() => rmSync(path, { recursive: true }));
  return path;
}

/** A journal, and a data directory that its heads are written into. */
async function journal(dataDir = directory()) {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const clock = testClock("2026-11-22T00:00:00Z");
  const headSigner = await openHeadSigner({ root: keyFileRoot(Buffer.alloc(32, 7)), clock, ids: randomIds, store });
  const told: { readonly file: string; readonly why: string }[] = [];
  const start = () =>
    checkpointFiles(dataDir, headSigner.verifier, { store, clock, onContradiction: (found) => told.push(found) });
  const grow = async (count: number): Promise<string> => {
    for (let i = 0; i < count; i++) {
      const requestId = randomIds.uuid();
      await recordIn(
        store,
        { account: "1", region: "r", principal: "p", eventSource: "s", eventName: "A", requestId },
        clock,
      );
    }
    await growTreeWhole({ store, clock, headSigner });
    return (await findTree(store)).checkpoint ?? "";
  };
  /** Cuts the tail off, back to a head that was signed for fewer records. */
  const cutBackTo = async (size: number, checkpoint: string): Promise<void> => {
    const behind = sql`select record_id from audit_leaves where leaf_index >= ${size}`;
    await sql`delete from audit_records where id in (${behind})`.execute(store);
    await sql`delete from audit_leaves where leaf_index >= ${size}`.execute(store);
    await sql`delete from audit_checkpoints where size > ${size}`.execute(store);
    await sql`update audit_tiles set hashes = substr(hashes, 1, ${size * 32})`.execute(store);
    await sql`update audit_trees set size = ${size}, checkpoint = ${checkpoint}`.execute(store);
  };
  return { dataDir, headSigner, clock, told, start, grow, cutBackTo };
}

const read = (dataDir: string, name = "journal-checkpoint"): string => readFileSync(join(dataDir, name), "utf8");

test("the first head is written, then one a minute, and at the end the last", async () => {
  const { dataDir, headSigner, clock, told, start, grow } = await journal();
  const files = start();
  expect(read(dataDir, "journal-key")).toBe(`${writeVerifier(headSigner.verifier)}\n`);
  const heads = [await grow(2), await grow(1), await grow(1), await grow(1)];
  await files.write(heads[0]!);
  await files.write(heads[1]!);
  expect(read(dataDir)).toBe(heads[0]);
  clock.advance(MINUTE);
  await files.write(heads[2]!);
  expect(read(dataDir)).toBe(heads[2]);
  await files.write(heads[3]!);
  await files.end();
  expect(read(dataDir)).toBe(heads[3]);
  await start().write(heads[3]!);
  expect(told).toEqual([]);
  expect(findCheckpointFiles(dataDir)).toEqual([join(dataDir, "journal-checkpoint")]);
});

test.for([
  [0, "is of 6 records, which the journal has no more"],
  [1, "is of 6 records, which the journal has no more"],
  [2, "the first 6 records are not those that it was signed for"],
  [9, "the first 6 records are not those that it was signed for"],
] as const)(
  "a head is kept when the journal was cut behind it, though it has grown by %i records since",
  async ([more, why]) => {
    const { dataDir, told, start, grow, cutBackTo } = await journal();
    const early = await grow(3); // with the record of the signer's birth: 4
    const late = await grow(2);
    await start().write(late);
    await cutBackTo(4, early);
    const now = more === 0 ? early : await grow(more);
    await start().write(now);
    expect(read(dataDir)).toBe(now);
    expect(told).toMatchObject([{ why: expect.stringContaining(why) as string }]);
    const [{ file } = { file: "" }] = told;
    expect(readFileSync(file, "utf8")).toBe(late);
    expect(findCheckpointFiles(dataDir)).toEqual([join(dataDir, "journal-checkpoint"), file]);
    await start().write(now); // nothing new
    expect(told).toHaveLength(1);
  },
);

test("the head of another journal is kept, and the key that it is read with", async () => {
  const first = await journal();
  const late = await first.grow(5);
  await first.start().write(late);
  const key = read(first.dataDir, "journal-key");
  const second = await journal(first.dataDir);
  await second.start().write(await second.grow(50));
  expect(second.told).toMatchObject([{ why: expect.stringContaining("is not signed by") as string }]);
  const kept = readdirSync(first.dataDir).filter((name) => name.includes(".contradicted-"));
  expect(kept.map((name) => read(first.dataDir, name)).toSorted()).toEqual([key, late].toSorted());
});

test("what is no head at all is kept, too", async () => {
  const { dataDir, told, start, grow } = await journal();
  writeFileSync(join(dataDir, "journal-checkpoint"), "");
  await start().write(await grow(1));
  expect(told).toHaveLength(1);
  expect(findCheckpointFiles(dataDir)).toHaveLength(2);
});
