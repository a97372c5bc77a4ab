import { sql } from "kysely";
import { columns, type Raw, run } from "./columns.ts";

export async function up(db: Raw): Promise<void> {
  const { id, int, double, serial, strict } = columns(db);
  await run(db, [
    sql`create table metric_series (
      id ${serial}, account ${id} not null, region ${id} not null, namespace ${id} not null, name ${id} not null,
      load_balancer ${id} not null, target_group ${id} not null, last_at ${int} not null,
      unique (account, region, namespace, name, load_balancer, target_group)) ${strict}`,
    sql`create index metric_series_page on metric_series (account, region, id)`,
    sql`create index metric_series_age on metric_series (last_at)`,
    sql`create table metric_points (
      series_id ${int} not null references metric_series (id) on delete cascade, at ${int} not null,
      count ${int} not null, sum ${double} not null, least ${double} not null, most ${double} not null,
      primary key (series_id, at)) ${strict}`,
    sql`create index metric_points_age on metric_points (at, series_id)`,
  ]);
}
