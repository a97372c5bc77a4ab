import type { Selectable } from "kysely";
import type { GrantConstraint, GrantOperation, StoredGrant } from "#domain/keys/grant.ts";
import type { KeyId } from "#domain/keys/names.ts";
import type { Owner } from "#domain/names.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { KeyTables } from "./tables/keys.ts";

export interface NewGrant extends StoredGrant {
  /** The digest of the one context that the grant is for; empty when it may be for several. */
  readonly contextDigest: string;
  /** The digest of a named grant's parameters; undefined for a grant without a name. */
  readonly sameness: string | undefined;
}

const COLUMNS = [
  "id",
  "keyId",
  "account",
  "region",
  "name",
  "granteePrincipal",
  "retiringPrincipal",
  "issuingAccount",
  "operations",
  "constraintKind",
  "constraintContext",
  "createdAt",
] as const satisfies (keyof KeyTables["grants"])[];

/** Stores a grant and answers its id: the earlier one's when a grant of the same name and parameters is there. */
export async function insertGrant(tx: Tx, grant: NewGrant): Promise<string> {
  const { constraint, sameness } = grant;
  const row = await tx
    .insertInto("grants")
    .values({
      id: grant.id,
      keyId: grant.keyId,
      account: grant.owner.account,
      region: grant.owner.region,
      name: grant.name ?? null,
      granteePrincipal: grant.granteePrincipal,
      retiringPrincipal: grant.retiringPrincipal ?? null,
      issuingAccount: grant.issuingAccount,
      operations: JSON.stringify(grant.operations),
      constraintKind: constraint?.kind ?? null,
      constraintContext: constraint ? JSON.stringify(constraint.context) : null,
      contextDigest: grant.contextDigest,
      sameness: sameness ?? null,
      createdAt: grant.createdAt.getTime(),
    })
    .onConflict((conflict) => conflict.columns(["keyId", "sameness"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  if (row) return row.id;
  const earlier = await tx
    .selectFrom("grants")
    .select("id")
    .where("keyId", "=", grant.keyId)
    .where("sameness", "=", sameness ?? "")
    .executeTakeFirstOrThrow();
  return earlier.id;
}

export async function findGrant(db: Db, keyId: KeyId, id: string): Promise<StoredGrant | undefined> {
  const [row] = await grantById(db, keyId, id);
  return row && stored(row);
}

const grantById = prepared((db, keyId: KeyId, id: string) =>
  db.selectFrom("grants").select(COLUMNS).where("id", "=", id).where("keyId", "=", keyId),
);

/** What may speak for a use of a key: the grants to one grantee, or to all whose name begins so. */
export interface GrantQuestion {
  readonly grantee: string | { readonly prefix: string };
  /** The digest of the use's encryption context; undefined when the use has none. */
  readonly contextDigest: string | undefined;
}

/**
 * The grants that may allow a use of a key. A grant for exactly one context is only found by it, so it does not matter
 * how many there are.
 */
export async function findGrantsForUse(
  db: Db,
  keyId: KeyId,
  { grantee, contextDigest }: GrantQuestion,
): Promise<StoredGrant[]> {
  const [first, last] = typeof grantee === "string" ? [grantee, grantee] : [grantee.prefix, `${grantee.prefix}\u{7f}`];
  const rows = await (contextDigest === undefined
    ? grantsTo(db, keyId, first, last)
    : grantsInContext(db, keyId, contextDigest, first, last));
  return rows.map(stored);
}

const grantsTo = prepared((db, keyId: KeyId, first: string, last: string) =>
  db
    .selectFrom("grants")
    .select(COLUMNS)
    .where("keyId", "=", keyId)
    .where("granteePrincipal", ">=", first)
    .where("granteePrincipal", "<=", last),
);

const grantsInContext = prepared((db, keyId: KeyId, contextDigest: string, first: string, last: string) =>
  db
    .selectFrom("grants")
    .select(COLUMNS)
    .where("keyId", "=", keyId)
    .where("contextDigest", "in", ["", contextDigest])
    .where("granteePrincipal", ">=", first)
    .where("granteePrincipal", "<=", last),
);

/** Ends a grant. False when it was gone already. */
export async function deleteGrant(tx: Tx, keyId: KeyId, id: string): Promise<boolean> {
  const { numDeletedRows } = await tx
    .deleteFrom("grants")
    .where("id", "=", id)
    .where("keyId", "=", keyId)
    .executeTakeFirst();
  return numDeletedRows === 1n;
}

/** Whether a key has at least `enough` grants. */
export async function hasGrants(db: Db, keyId: KeyId, enough: number): Promise<boolean> {
  const row = await db
    .selectFrom("grants")
    .select("id")
    .where("keyId", "=", keyId)
    .orderBy("id")
    .offset(enough - 1)
    .limit(1)
    .executeTakeFirst();
  return row !== undefined;
}

/** One page of a key's grants, by id. */
export async function listGrants(
  db: Db,
  keyId: KeyId,
  page: {
    readonly granteePrincipal: string | undefined;
    readonly grantId: string | undefined;
    readonly after: string;
    readonly limit: number;
  },
): Promise<StoredGrant[]> {
  let query = db.selectFrom("grants").select(COLUMNS).where("keyId", "=", keyId).where("id", ">", page.after);
  if (page.granteePrincipal !== undefined) query = query.where("granteePrincipal", "=", page.granteePrincipal);
  if (page.grantId !== undefined) query = query.where("id", "=", page.grantId);
  const rows = await query.orderBy("id").limit(page.limit).execute();
  return rows.map(stored);
}

/** One page of the grants on an account's keys in a region that `principal` may retire, by id. */
export async function listRetirableGrants(
  db: Db,
  owner: Owner,
  principal: string,
  after: string,
  limit: number,
): Promise<StoredGrant[]> {
  const rows = await db
    .selectFrom("grants")
    .select(COLUMNS)
    .where("retiringPrincipal", "=", principal)
    .where("account", "=", owner.account)
    .where("region", "=", owner.region)
    .where("id", ">", after)
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(stored);
}

type Row = Pick<Selectable<KeyTables["grants"]>, (typeof COLUMNS)[number]>;

function stored(row: Row): StoredGrant {
  return {
    id: row.id,
    keyId: row.keyId as KeyId,
    owner: { account: row.account, region: row.region } as Owner,
    name: row.name ?? undefined,
    granteePrincipal: row.granteePrincipal,
    retiringPrincipal: row.retiringPrincipal ?? undefined,
    issuingAccount: row.issuingAccount,
    operations: JSON.parse(row.operations) as GrantOperation[],
    constraint: constraint(row),
    createdAt: new Date(row.createdAt),
  };
}

function constraint({ constraintKind, constraintContext }: Row): GrantConstraint | undefined {
  if (constraintKind === null || constraintContext === null) return undefined;
  return { kind: constraintKind, context: JSON.parse(constraintContext) as GrantConstraint["context"] };
}
