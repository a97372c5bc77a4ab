import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, bytes, strict } = columns(db);
  await run(db, [
    sql`create table approvals (
      id ${id} primary key, certificate_arn ${id} not null references certificates (arn) on delete cascade,
      purpose ${id} not null, generation ${int} not null, attempt_at ${int} not null, validation_domain ${id} not null,
      names text not null, created_at ${int} not null, expires_at ${int} not null, state ${id} not null,
      decided_at ${int}, decided_by ${id}, lookups text not null) ${strict}`,
    sql`create index approvals_certificate on approvals (certificate_arn, purpose, validation_domain)`,
    // Whatever the code above forgot to ask: one question at a time.
    sql`create unique index approvals_open on approvals (certificate_arn, purpose, validation_domain)
      where state = 'OPEN'`,
    sql`create table letters (
      id ${id} primary key, approval_id ${id} not null references approvals (id) on delete cascade,
      recipient ${id} not null, queued_at ${int} not null, give_up_at ${int} not null, token_hash ${id} not null,
      sealed_token ${bytes}, state ${id} not null, tries ${int} not null, server ${id}, answer text,
      answered_at ${int}) ${strict}`,
    sql`create unique index letters_token on letters (token_hash)`,
    sql`create index letters_approval on letters (approval_id)`,
  ]);
}
