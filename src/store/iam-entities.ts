import type { Entity, EntityKind, LastUse, Role } from "#domain/identity/entity.ts";
import type { AccountId } from "#domain/names.ts";
import { isDuplicate } from "./duplicate.ts";
import { behind } from "./name-page.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** Whether the entity is now there; false when its name is another's of its kind. */
export async function insertEntity(tx: Tx, entity: Entity | Role): Promise<boolean> {
  const { id, account, kind, name, path, createdAt } = entity;
  const { description, trustPolicy, maxSessionDuration } = entity as Partial<Role>;
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("iamEntities")
    .values({
      id,
      account,
      kind,
      name,
      path,
      nameKey: fold(name),
      place: placeOf(path, name),
      createdAt: createdAt.getTime(),
      boundary: entity.boundary ?? null,
      description: description ?? null,
      trustPolicy: trustPolicy ?? null,
      maxSessionDuration: maxSessionDuration ?? null,
      lastUsedAt: null,
      lastUsedRegion: null,
      lastUsedService: null,
    })
    .onConflict((conflict) => conflict.columns(["account", "kind", "nameKey"]).doNothing())
    .executeTakeFirstOrThrow();
  return numInsertedOrUpdatedRows === 1n;
}

export async function findEntity(
  db: Db,
  account: AccountId,
  kind: EntityKind,
  name: string,
): Promise<Entity | undefined> {
  const row = await db
    .selectFrom("iamEntities")
    .select(COLUMNS)
    .where("account", "=", account)
    .where("kind", "=", kind)
    .where("nameKey", "=", fold(name))
    .executeTakeFirst();
  return row && entityOf(row);
}

export async function findEntityById(db: Db, id: string): Promise<Entity | undefined> {
  const row = await db.selectFrom("iamEntities").select(COLUMNS).where("id", "=", id).executeTakeFirst();
  return row && entityOf(row);
}

export async function findRole(db: Db, account: AccountId, name: string): Promise<Role | undefined> {
  const row = await db
    .selectFrom("iamEntities")
    .select(ROLE_COLUMNS)
    .where("account", "=", account)
    .where("kind", "=", "role")
    .where("nameKey", "=", fold(name))
    .executeTakeFirst();
  return row && roleOf(row);
}

/** Holds an entity to the end of the transaction, against its removal too; undefined when there is none of that name. */
export async function holdEntity(
  tx: Tx,
  account: AccountId,
  kind: EntityKind,
  name: string,
): Promise<Entity | undefined> {
  const row = await tx
    .updateTable("iamEntities")
    .set((entity) => ({ name: entity.ref("name") }))
    .where("account", "=", account)
    .where("kind", "=", kind)
    .where("nameKey", "=", fold(name))
    .returning(COLUMNS)
    .executeTakeFirst();
  return row && entityOf(row);
}

/** A page of the entities of a kind whose path begins with `prefix`, by path and name, those behind the place `after`. */
export async function listEntities(db: Db, kind: EntityKind, page: PlacePage): Promise<Entity[]> {
  const rows = await pageOf(db.selectFrom("iamEntities").select(COLUMNS), kind, page).execute();
  return rows.map(entityOf);
}

/** As `listEntities`, with what only roles have. */
export async function listRoles(db: Db, page: PlacePage): Promise<Role[]> {
  const rows = await pageOf(db.selectFrom("iamEntities").select(ROLE_COLUMNS), "role", page).execute();
  return rows.map(roleOf);
}

/** The entities of those ids, in no order. */
export async function entitiesById(db: Db, ids: readonly string[]): Promise<Entity[]> {
  if (ids.length === 0) return [];
  const rows = await db.selectFrom("iamEntities").select(COLUMNS).where("id", "in", ids).execute();
  return rows.map(entityOf);
}

/** The entities of a kind and of those names in an account, in no order. */
export async function entitiesNamed(
  db: Db,
  account: AccountId,
  kind: EntityKind,
  names: readonly string[],
): Promise<Entity[]> {
  if (names.length === 0) return [];
  const rows = await db
    .selectFrom("iamEntities")
    .select(COLUMNS)
    .where("account", "=", account)
    .where("kind", "=", kind)
    .where("nameKey", "in", names.map(fold))
    .execute();
  return rows.map(entityOf);
}

/**
 * Gives a held entity another name or path; false when the name is another's of its kind, also one's that took it at
 * this moment: the transaction is then to be given up.
 */
export async function moveEntity(
  tx: Tx,
  { id, account, kind, name, path }: Pick<Entity, "id" | "account" | "kind" | "name" | "path">,
): Promise<boolean> {
  const other = await findEntity(tx, account, kind, name);
  if (other && other.id !== id) return false;
  try {
    await tx
      .updateTable("iamEntities")
      .set({ name, nameKey: fold(name), path, place: placeOf(path, name) })
      .where("id", "=", id)
      .execute();
  } catch (error) {
    if (isDuplicate(error)) return false;
    throw error;
  }
  if (kind === "user") {
    await tx
      .updateTable("iamMembers")
      .set({ userKey: fold(name) })
      .where("userId", "=", id)
      .execute();
  } else {
    await tx
      .updateTable("iamMembers")
      .set({ groupKey: fold(name) })
      .where("groupId", "=", id)
      .execute();
  }
  return true;
}

/** Removes a held entity with its inline policies and tags. What else hangs on it must be gone. */
export async function removeEntity(tx: Tx, id: string): Promise<void> {
  await tx.deleteFrom("iamTags").where("owner", "=", id).execute();
  await tx.deleteFrom("iamEntities").where("id", "=", id).execute();
}

export async function setBoundary(tx: Tx, id: string, boundary: string | undefined): Promise<void> {
  await tx
    .updateTable("iamEntities")
    .set({ boundary: boundary ?? null })
    .where("id", "=", id)
    .execute();
}

export async function changeRole(
  tx: Tx,
  id: string,
  change: Partial<Pick<Role, "description" | "maxSessionDuration">>,
): Promise<void> {
  if (Object.keys(change).length === 0) return;
  await tx.updateTable("iamEntities").set(change).where("id", "=", id).execute();
}

export async function setTrustPolicy(tx: Tx, id: string, trustPolicy: string): Promise<void> {
  await tx.updateTable("iamEntities").set({ trustPolicy }).where("id", "=", id).execute();
}

/** Notes that a role was used, if it was not noted since `unless`. */
export async function noteRoleUse(db: Db, id: string, { at, region, service }: LastUse, unless: Date): Promise<void> {
  await db
    .updateTable("iamEntities")
    .set({ lastUsedAt: at.getTime(), lastUsedRegion: region, lastUsedService: service })
    .where("id", "=", id)
    .where((entity) => entity.or([entity("lastUsedAt", "is", null), entity("lastUsedAt", "<", unless.getTime())]))
    .execute();
}

export interface PlacePage {
  readonly account: AccountId;
  readonly prefix: string;
  /** The place of the last one before; empty for the first page. */
  readonly after: string;
  readonly limit: number;
}

/** Where an entity or policy stands in lists. */
export function placeOf(path: string, name: string): string {
  return `${path}${SEPARATOR}${fold(name)}`;
}

/** A name as it is compared: case makes no difference. */
export function fold(name: string): string {
  return name.toLowerCase();
}

interface Paged<Query> {
  where(column: "account" | "kind" | "place", is: "=" | ">=" | ">" | "<", value: string): Query & Paged<Query>;
  orderBy(column: "place"): { limit(limit: number): Query };
}

function pageOf<Query>(query: Query, kind: EntityKind, { account, prefix, after, limit }: PlacePage): Query {
  return (query as Query & Paged<Query>)
    .where("account", "=", account)
    .where("kind", "=", kind)
    .where("place", ">", after)
    .where("place", ">=", prefix)
    .where("place", "<", behind(prefix))
    .orderBy("place")
    .limit(limit);
}

interface Row {
  readonly id: string;
  readonly account: string;
  readonly kind: EntityKind;
  readonly name: string;
  readonly path: string;
  readonly createdAt: EpochMillis;
  readonly boundary: string | null;
}

interface RoleRow extends Row {
  readonly description: string | null;
  readonly trustPolicy: string | null;
  readonly maxSessionDuration: number | null;
  readonly lastUsedAt: EpochMillis | null;
  readonly lastUsedRegion: string | null;
  readonly lastUsedService: string | null;
}

function entityOf({ id, account, kind, name, path, createdAt, boundary }: Row): Entity {
  return {
    id,
    kind,
    name,
    path,
    account: account as AccountId,
    createdAt: new Date(createdAt),
    boundary: boundary ?? undefined,
  };
}

function roleOf(row: RoleRow): Role {
  return {
    ...entityOf(row),
    description: row.description ?? undefined,
    trustPolicy: row.trustPolicy ?? "",
    maxSessionDuration: row.maxSessionDuration ?? 0,
    lastUsed: lastUseOf(row),
  };
}

/** When something was last used, from its columns. */
export function lastUseOf({
  lastUsedAt,
  lastUsedRegion,
  lastUsedService,
}: Pick<RoleRow, "lastUsedAt" | "lastUsedRegion" | "lastUsedService">): LastUse | undefined {
  if (lastUsedAt === null) return undefined;
  return { at: new Date(lastUsedAt), region: lastUsedRegion ?? "", service: lastUsedService ?? "" };
}

const COLUMNS = ["id", "account", "kind", "name", "path", "createdAt", "boundary"] as const;
const ROLE_COLUMNS = [
  ...COLUMNS,
  "description",
  "trustPolicy",
  "maxSessionDuration",
  "lastUsedAt",
  "lastUsedRegion",
  "lastUsedService",
] as const;
/** Sorts before everything that can stand in a path. */
const SEPARATOR = "\u0001";
