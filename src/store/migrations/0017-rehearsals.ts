import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, strict } = columns(db);
  await run(db, [
    sql`create table certificate_rehearsals (
      certificate_arn ${id} primary key references certificates (arn) on delete cascade, account ${id} not null,
      region ${id} not null, domain_name ${id} not null, verdict ${id} not null, urgency ${int} not null,
      urgent_at ${int} not null, owner ${id}, problem text, record text, renews_at ${int}, act_by ${int},
      rehearsed_at ${int} not null, since ${int} not null, findings text not null) ${strict}`,
    sql`create index certificate_rehearsals_worst on certificate_rehearsals
      (account, region, urgency, urgent_at, certificate_arn)`,
    sql`create index certificate_rehearsals_owned on certificate_rehearsals
      (account, region, owner, urgency, urgent_at, certificate_arn)`,
    sql`create table rehearsal_rounds (
      account ${id} not null, region ${id} not null, began_at ${int} not null, after_created_at ${int}, after_arn ${id},
      would_renew ${int} not null, would_not_renew ${int} not null, not_renewed_by_us ${int} not null,
      finished_at ${int}, finished text, primary key (account, region)) ${strict}`,
  ]);
}
