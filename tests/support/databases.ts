import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { inject, onTestFinished } from "vitest";
import { openStore, type Store } from "#store/store.ts";

/** A kind of database that every store test runs on. */
export interface TestDatabase {
  readonly name: string;
  /** The URL of a fresh, empty database; it is removed when the test ends. */
  url(): Promise<string>;
  /** A fresh, migrated, empty store; it is closed when the test ends. */
  open(): Promise<Store>;
}

const SQLITE: TestDatabase = database("SQLite", () => {
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-sqlite-"));
  onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
  return Promise.resolve(`file:${join(directory, "store.db")}`);
});

let count = 0;
const POSTGRES: TestDatabase = database("PostgreSQL", async () => {
  const server = inject("postgres");
  const name = `test_${process.pid}_${count++}`;
  await administer(`create database ${name}`);
  onTestFinished(() => administer(`drop database if exists ${name} with (force)`));
  return `${server}/${name}`;
});

export const DATABASES: readonly TestDatabase[] = [SQLITE, POSTGRES];

function database(name: string, url: () => Promise<string>): TestDatabase {
  return {
    name,
    url,
    async open() {
      const store = await openStore(await url());
      onTestFinished(() => store.destroy());
      return store;
    },
  };
}

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${inject("postgres")}/postgres` });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
