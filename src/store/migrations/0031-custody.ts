import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    // Of several nodes that start a new store at once, one is the founder.
    sql`create table custody_roots (
      fingerprint ${id} primary key, kind text not null, salt ${bytes}, founder ${int} unique check (founder = 1),
      state text not null, created_at ${int} not null) ${strict}`,
    // At most one key is in a state, so that of two rotations one is refused.
    sql`create table custody_keys (
      id ${id} primary key, state text not null unique, created_at ${int} not null, changed_at ${int} not null)
      ${strict}`,
    sql`create table custody_wraps (
      root ${id} not null references custody_roots (fingerprint), key_id ${id} not null references custody_keys (id),
      wrapped ${bytes} not null, primary key (root, key_id)) ${strict}`,
    sql`create table custody_nodes (
      node ${id} primary key, root ${id} not null, newest ${id} not null, sealing ${id} not null, seen_at ${int} not null)
      ${strict}`,
  ]);
}
