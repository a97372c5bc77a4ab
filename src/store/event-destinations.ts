import type { Insertable, Selectable, Updateable } from "kysely";
import type { Owner } from "#domain/names.ts";
import { behind, type NamePage } from "./name-page.ts";
import type { Db, Tx } from "./store.ts";
import type { EventTables } from "./tables/events.ts";

export type ConnectionRow = Selectable<EventTables["eventConnections"]>;
export type DestinationRow = Selectable<EventTables["apiDestinations"]>;

/** Makes a connection; false when there is one of that name. */
export async function insertConnection(
  tx: Tx,
  connection: Insertable<EventTables["eventConnections"]>,
): Promise<boolean> {
  const row = await tx
    .insertInto("eventConnections")
    .values(connection)
    .onConflict((conflict) => conflict.columns(["account", "region", "name"]).doNothing())
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

export function findConnection(db: Db, { account, region }: Owner, name: string): Promise<ConnectionRow | undefined> {
  return db
    .selectFrom("eventConnections")
    .select(CONNECTION)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .executeTakeFirst();
}

/** Changes a connection and answers it as it is then; undefined when there is none of that name. */
export function changeConnection(
  tx: Tx,
  { account, region }: Owner,
  name: string,
  change: Updateable<EventTables["eventConnections"]>,
): Promise<ConnectionRow | undefined> {
  return tx
    .updateTable("eventConnections")
    .set(change)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .returning(CONNECTION)
    .executeTakeFirst();
}

/** Removes a connection and answers what it was. */
export function deleteConnectionRow(
  tx: Tx,
  { account, region }: Owner,
  name: string,
): Promise<ConnectionRow | undefined> {
  return tx
    .deleteFrom("eventConnections")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .returning(CONNECTION)
    .executeTakeFirst();
}

/** One page of an owner's connections in the order of their names; only those in a state where one is given. */
export function pageConnections(
  db: Db,
  { account, region }: Owner,
  page: NamePage,
  state: string | undefined,
): Promise<ConnectionRow[]> {
  return db
    .selectFrom("eventConnections")
    .select(CONNECTION)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", ">", page.after)
    .where("name", ">=", page.prefix)
    .where("name", "<", behind(page.prefix))
    .where((row) => (state === undefined ? row.lit(true) : row("state", "=", state as ConnectionRow["state"])))
    .orderBy("name")
    .limit(page.limit)
    .execute();
}

/** Makes an API destination; false when there is one of that name. */
export async function insertDestination(
  tx: Tx,
  destination: Insertable<EventTables["apiDestinations"]>,
): Promise<boolean> {
  const row = await tx
    .insertInto("apiDestinations")
    .values(destination)
    .onConflict((conflict) => conflict.columns(["account", "region", "name"]).doNothing())
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

export function findDestination(db: Db, { account, region }: Owner, name: string): Promise<DestinationRow | undefined> {
  return db
    .selectFrom("apiDestinations")
    .select(DESTINATION)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .executeTakeFirst();
}

export function changeDestination(
  tx: Tx,
  { account, region }: Owner,
  name: string,
  change: Updateable<EventTables["apiDestinations"]>,
): Promise<DestinationRow | undefined> {
  return tx
    .updateTable("apiDestinations")
    .set(change)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .returning(DESTINATION)
    .executeTakeFirst();
}

/** False when there was none of that name. */
export async function deleteDestinationRow(tx: Tx, { account, region }: Owner, name: string): Promise<boolean> {
  const row = await tx
    .deleteFrom("apiDestinations")
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", "=", name)
    .returning("name")
    .executeTakeFirst();
  return row !== undefined;
}

/** One page of an owner's API destinations in the order of their names; only those of a connection where one is given. */
export function pageDestinations(
  db: Db,
  { account, region }: Owner,
  page: NamePage,
  connectionId: string | undefined,
): Promise<DestinationRow[]> {
  return db
    .selectFrom("apiDestinations")
    .select(DESTINATION)
    .where("account", "=", account)
    .where("region", "=", region)
    .where("name", ">", page.after)
    .where("name", ">=", page.prefix)
    .where("name", "<", behind(page.prefix))
    .where((row) => (connectionId === undefined ? row.lit(true) : row("connectionId", "=", connectionId)))
    .orderBy("name")
    .limit(page.limit)
    .execute();
}

/** How many connections and API destinations an owner has. */
export async function countDestinations(
  db: Db,
  { account, region }: Owner,
  table: "apiDestinations" | "eventConnections",
): Promise<number> {
  const row = await db
    .selectFrom(table)
    .select((own) => own.fn.countAll<number | string>().as("count"))
    .where("account", "=", account)
    .where("region", "=", region)
    .executeTakeFirstOrThrow();
  return Number(row.count);
}

const CONNECTION = [
  "account",
  "region",
  "name",
  "id",
  "description",
  "authorizationType",
  "state",
  "parameters",
  "sealed",
  "createdAt",
  "modifiedAt",
  "authorizedAt",
] as const;
const DESTINATION = [
  "account",
  "region",
  "name",
  "id",
  "description",
  "connection",
  "connectionId",
  "endpoint",
  "method",
  "rateLimit",
  "createdAt",
  "modifiedAt",
] as const;
