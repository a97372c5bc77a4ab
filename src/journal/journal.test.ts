import { expect, test } from "vitest";
import { auditRecordsOf } from "#store/audit-records.ts";
import { openStore } from "#store/store.ts";
import { type Act, openJournal, recordIn } from "./journal.ts";

const clock = { now: () => new Date("2026-11-22T00:00:00Z") };
const act = (eventName: string): Act => ({
  account: "123456789012",
  region: "eu-west-1",
  principal: "arn:aws:iam::123456789012:root",
  eventSource: "kms.amazonaws.com",
  eventName,
  resource: "key",
  requestId: "r",
});

test("a recorded act is in the store when the promise resolves, and acts keep their order", async () => {
  const store = await openStore("file::memory:");
  const journal = openJournal({ store, clock }, () => {});
  journal.note(act("first"));
  await journal.record(act("second"));
  const rows = await auditRecordsOf(store, "key", 10);
  expect(rows.map((row) => row.eventName)).toEqual(["first", "second"]);
  await store.destroy();
});

test("a thousand acts at once share few commits and all are there", async () => {
  const store = await openStore("file::memory:");
  const journal = openJournal({ store, clock }, () => {});
  await Promise.all(Array.from({ length: 1_000 }, (_, i) => journal.record(act(`${i}`))));
  expect(await auditRecordsOf(store, "key", 2_000)).toHaveLength(1_000);
  await store.destroy();
});

test("whoever waits for a record is told when it could not be written", async () => {
  const store = await openStore("file::memory:");
  const journal = openJournal({ store, clock }, () => {});
  await store.schema.dropTable("auditRecords").execute();
  await expect(journal.record(act("waited for"))).rejects.toThrow("no such table");
  await store.destroy();
});

test("a failure to write what was only noted is reported", async () => {
  const store = await openStore("file::memory:");
  const { promise, resolve } = Promise.withResolvers<unknown>();
  const journal = openJournal({ store, clock }, resolve);
  await store.schema.dropTable("auditRecords").execute();
  journal.note(act("noted"));
  expect(String(await promise)).toContain("no such table");
  await store.destroy();
});

test("what was noted is there after a flush, and soon by itself", async () => {
  const store = await openStore("file::memory:");
  const journal = openJournal({ store, clock }, () => {});
  journal.note(act("noted"));
  await journal.flush();
  expect(await auditRecordsOf(store, "key", 10)).toHaveLength(1);
  await store.destroy();
});

test("an act recorded in a transaction that fails never happened", async () => {
  const store = await openStore("file::memory:");
  const failed = store.transaction().execute(async (tx) => {
    await recordIn(tx, act("undone"), clock);
    throw new Error("no");
  });
  await expect(failed).rejects.toThrow("no");
  expect(await auditRecordsOf(store, "key", 10)).toEqual([]);
  await store.destroy();
});
