import { sql } from "kysely";
import type { MeasuredSet, StatisticSet } from "#domain/metrics/statistics.ts";
import type { Owner } from "#domain/names.ts";
import { ofOwner } from "./owned-page.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** A metric with its dimensions; empty texts for dimensions that it has not. */
export interface SeriesName {
  readonly namespace: string;
  readonly name: string;
  readonly loadBalancer: string;
  readonly targetGroup: string;
}

export interface NewPoint extends Owner, SeriesName, StatisticSet {}

/** Adds what was measured in a minute to what is kept of it. No series may stand in `points` twice. */
export async function addPoints(tx: Tx, at: EpochMillis, points: readonly NewPoint[]): Promise<void> {
  if (points.length === 0) return;
  const series = await tx
    .insertInto("metricSeries")
    .values(
      points.map(({ account, region, namespace, name, loadBalancer, targetGroup }) => ({
        account,
        region,
        namespace,
        name,
        loadBalancer,
        targetGroup,
        lastAt: at,
      })),
    )
    .onConflict((conflict) =>
      conflict.columns(["account", "region", "namespace", "name", "loadBalancer", "targetGroup"]).doUpdateSet({
        lastAt: sql<number>`case when excluded.last_at > metric_series.last_at then excluded.last_at else metric_series.last_at end`,
      }),
    )
    .returning(["id", "account", "region", "namespace", "name", "loadBalancer", "targetGroup"])
    .execute();
  const ids = new Map(series.map((each) => [keyOf(each), each.id]));
  await tx
    .insertInto("metricPoints")
    .values(
      points.map((point) => {
        const { count, sum, least, most } = point;
        return { seriesId: ids.get(keyOf(point)) ?? 0, at, count: Math.min(count, MOST_COUNTED), sum, least, most };
      }),
    )
    .onConflict((conflict) =>
      conflict.columns(["seriesId", "at"]).doUpdateSet({
        count: sql<number>`case when metric_points.count + excluded.count > ${sql.lit(MOST_COUNTED)} then ${sql.lit(MOST_COUNTED)} else metric_points.count + excluded.count end`,
        sum: sql<number>`metric_points.sum + excluded.sum`,
        least: sql<number>`case when excluded.least < metric_points.least then excluded.least else metric_points.least end`,
        most: sql<number>`case when excluded.most > metric_points.most then excluded.most else metric_points.most end`,
      }),
    )
    .execute();
}

/** What is kept of a series from a minute on and before another, oldest first. */
export async function pointsOf(
  db: Db,
  owner: Owner,
  { namespace, name, loadBalancer, targetGroup }: SeriesName,
  span: { readonly from: EpochMillis; readonly to: EpochMillis },
  limit: number,
): Promise<MeasuredSet[]> {
  const series = await ofOwner(db.selectFrom("metricSeries").select("id"), owner)
    .where("namespace", "=", namespace)
    .where("name", "=", name)
    .where("loadBalancer", "=", loadBalancer)
    .where("targetGroup", "=", targetGroup)
    .executeTakeFirst();
  if (!series) return [];
  return await db
    .selectFrom("metricPoints")
    .select(["at", "count", "sum", "least", "most"])
    .where("seriesId", "=", series.id)
    .where("at", ">=", span.from)
    .where("at", "<", span.to)
    .orderBy("at")
    .limit(limit)
    .execute();
}

/** An owner's series in the order in which they were first seen, those after an id. */
export async function listSeries(
  db: Db,
  owner: Owner,
  after: number,
  limit: number,
): Promise<readonly (SeriesName & { readonly id: number; readonly lastAt: EpochMillis })[]> {
  return await ofOwner(
    db.selectFrom("metricSeries").select(["id", "namespace", "name", "loadBalancer", "targetGroup", "lastAt"]),
    owner,
  )
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
}

/** Forgets some of the minutes before a time, the oldest first, and how many that were. */
export async function deletePointsBefore(db: Db, before: EpochMillis, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("metricPoints")
    .where((row) =>
      row(
        row.refTuple("seriesId", "at"),
        "in",
        row
          .selectFrom("metricPoints as old")
          .select(["old.seriesId", "old.at"])
          .where("old.at", "<", before)
          .orderBy("old.at")
          .limit(limit)
          .$asTuple("seriesId", "at"),
      ),
    )
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** Forgets some of the series that were not measured since a time, and how many that were. */
export async function deleteSeriesBefore(db: Db, before: EpochMillis, limit: number): Promise<number> {
  const { numDeletedRows } = await db
    .deleteFrom("metricSeries")
    .where("id", "in", (query) =>
      query.selectFrom("metricSeries").select("id").where("lastAt", "<", before).orderBy("lastAt").limit(limit),
    )
    .where("lastAt", "<", before)
    .executeTakeFirstOrThrow();
  return Number(numDeletedRows);
}

/** A count stops here: two of them are still a number that can be read. */
const MOST_COUNTED = 4e15;

function keyOf({
  account,
  region,
  namespace,
  name,
  loadBalancer,
  targetGroup,
}: Record<keyof Owner, string> & SeriesName): string {
  return [account, region, namespace, name, loadBalancer, targetGroup].join(" ");
}
