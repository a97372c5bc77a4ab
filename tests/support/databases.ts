import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { inject, onTestFinished } from "vitest";
import { openStore, type Store } from "#store/store.ts";

/** A kind of database that every store test runs on. */
export interface TestDatabase {
  readonly name: "SQLite" | "PostgreSQL";
  /** The URL of a fresh, empty database; it is removed when the test ends. */
  url(): Promise<string>;
  /** A fresh, migrated, empty store; it is closed when the test ends. */
  open(): Promise<Store>;
}

const SQLITE: TestDatabase = {
  name: "SQLite",
  url() {
    const directory = mkdtempSync(join(tmpdir(), "sealkeeper-sqlite-"));
    onTestFinished(() => rmSync(directory, { recursive: true, force: true }));
    return Promise.resolve(`file:${join(directory, "store.db")}`);
  },
  async open() {
    const store = await openStore(await this.url());
    onTestFinished(() => store.destroy());
    return store;
  },
};

let count = 0;
const newName = (): string => `test_${process.pid}_${count++}`;

const POSTGRES: TestDatabase = {
  name: "PostgreSQL",
  async url() {
    return createDatabase(newName());
  },
  async open() {
    template ??= makeTemplate();
    const store = await openStore(await createDatabase(newName(), await template));
    onTestFinished(() => store.destroy());
    return store;
  },
};

/** Tables are made once for each test file; every store is a copy of them. */
let template: Promise<string> | undefined;
async function makeTemplate(): Promise<string> {
  const name = newName();
  await administer(`create database ${name}`);
  await (await openStore(`${inject("postgres")}/${name}`)).destroy();
  return name;
}

/** The URL of a new database, empty or a copy; it is removed when the test ends. */
async function createDatabase(name: string, copied = "template1"): Promise<string> {
  await administer(`create database ${name} template ${copied}`);
  onTestFinished(() => administer(`drop database if exists ${name} with (force)`));
  return `${inject("postgres")}/${name}`;
}

export const DATABASES: readonly TestDatabase[] = [SQLITE, POSTGRES];

async function administer(statement: string): Promise<void> {
  const client = new pg.Client({ connectionString: `${inject("postgres")}/postgres` });
  await client.connect();
  try {
    await client.query(statement);
  } finally {
    await client.end();
  }
}
