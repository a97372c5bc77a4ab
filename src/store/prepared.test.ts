import { expect, onTestFinished, test } from "vitest";
import { insertPooledKey } from "./leaf-key-pool.ts";
import { prepared } from "./prepared.ts";
import { openStore } from "./store.ts";

const idsBetween = prepared((db, algorithm: string, first: number, last: number) =>
  db
    .selectFrom("leafKeyPool")
    .select("id")
    .where("algorithm", "=", algorithm)
    .where("algorithm", "in", [algorithm, "other"])
    .where("id", ">=", first)
    .where("id", "<=", last)
    .where("createdAt", "=", 5)
    .orderBy("id"),
);

test("values go where they belong, in every use and in several places, also inside a transaction", async () => {
  const store = await openStore("file::memory:");
  onTestFinished(() => store.destroy());
  const bytes = Buffer.from("x");
  const key = { spki: bytes, sealedKey: bytes, sealedDataKey: bytes };
  for (const algorithm of ["a", "b", "a", "a"]) await insertPooledKey(store, algorithm, key, new Date(5));
  expect(await idsBetween(store, "a", 1, 3)).toEqual([{ id: 1 }, { id: 3 }]);
  expect(await idsBetween(store, "b", 1, 4)).toEqual([{ id: 2 }]);
  await store.transaction().execute(async (tx) => {
    await insertPooledKey(tx, "a", key, new Date(5));
    expect(await idsBetween(tx, "a", 4, 9)).toEqual([{ id: 4 }, { id: 5 }]);
  });
});
