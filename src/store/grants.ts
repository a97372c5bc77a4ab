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

/** What may speak for a use of a key: the grants of an operation to one grantee, or to all whose name begins so. */
export interface GrantQuestion {
  readonly grantee: string | { readonly prefix: string };
  readonly operation: GrantOperation;
  /** The digest of the use's encryption context; undefined when the use has none. */
  readonly contextDigest: string | undefined;
}

/**
 * The grants that may allow a use of a key, a page at a time: whoever finds one reads no further. A grant for exactly one
 * context is only found by it, so it does not matter how many there are.
 */
export async function* grantsForUse(db: Db, keyId: KeyId, question: GrantQuestion): AsyncGenerator<StoredGrant[]> {
  const { grantee, operation, contextDigest } = question;
  const [first, last] = typeof grantee === "string" ? [grantee, grantee] : [grantee.prefix, `${grantee.prefix}\u{7f}`];
  const like = `%"${operation}"%`; // in JSON
  for (const digest of contextDigest === undefined ? [undefined] : [contextDigest, ""]) {
    for (let after = { granteePrincipal: first, id: "" }; ; ) {
      const place = [after.granteePrincipal, after.id, last] as const;
      const rows = await (digest === undefined
        ? grantsTo(db, keyId, like, ...place)
        : grantsInContext(db, keyId, like, ...place, digest));
      yield rows.map(stored);
      const end = rows.at(-1);
      if (!end || rows.length < AT_ONCE) break;
      after = end;
    }
  }
}

/** Of an operation, behind one grant to a grantee, to the last grantee. */
const grantsTo = prepared((db, keyId: KeyId, like: string, first: string, after: string, last: string) =>
  grantsBehind(db, keyId, like, first, after, last),
);

const grantsInContext = prepared(
  (db, keyId: KeyId, like: string, first: string, after: string, last: string, contextDigest: string) =>
    grantsBehind(db, keyId, like, first, after, last).where("contextDigest", "=", contextDigest),
);

function grantsBehind(db: Db, keyId: KeyId, like: string, first: string, after: string, last: string) {
  return db
    .selectFrom("grants")
    .select(COLUMNS)
    .where("keyId", "=", keyId)
    .where((eb) => eb(eb.refTuple("granteePrincipal", "id"), ">", eb.tuple(first, after)))
    .where("granteePrincipal", "<=", last)
    .where("operations", "like", like)
    .orderBy("granteePrincipal")
    .orderBy("id")
    .limit(AT_ONCE);
}

const AT_ONCE = 100;

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
