import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`create table accounts (id ${id} not null primary key, created_at ${int} not null) ${strict}`,
    sql`create table access_keys (
      id ${id} not null primary key, account ${id} not null references accounts (id), kind text not null, edge ${id},
      sealed_secret ${bytes} not null, status text not null, created_at ${int} not null) ${strict}`,
    sql`create unique index access_keys_of_edges on access_keys (account, edge)`,
    sql`create index access_keys_of_accounts on access_keys (account, created_at)`,
  ]);
}
