import { type Db, isEmbedded, type Store, type Tx } from "./store.ts";

export type CustodyRootKind = "key-file" | "passphrase" | "pkcs11";

/** A root that custody keys are wrapped by. */
export interface CustodyRoot {
  readonly fingerprint: string;
  readonly kind: CustodyRootKind;
  /** The salt of a passphrase; undefined for others. */
  readonly salt: Uint8Array | undefined;
  readonly state: "current" | "leaving";
}

/** The roots of this store; none before the first start. */
export async function listCustodyRoots(db: Db): Promise<readonly CustodyRoot[]> {
  const rows = await db
    .selectFrom("custodyRoots")
    .select(["fingerprint", "kind", "salt", "state"])
    .orderBy("createdAt")
    .execute();
  return rows.map(({ salt, ...row }) => ({ ...row, salt: salt ?? undefined }));
}

/**
 * Holds the roots until the transaction ends: a move of the root and a rotation of custody keys that come at the same moment
 * wait for each other here. Ask what roots there are afterwards: one that was added meanwhile is not among those waited for.
 */
export async function holdCustodyRoots(tx: Tx): Promise<void> {
  await tx
    .selectFrom("custodyRoots")
    .select("fingerprint")
    .orderBy("fingerprint")
    .$if(!isEmbedded(tx), (roots) => roots.forUpdate())
    .execute();
}

/** Notes the first root of a new store. False when another node was first: its root stays. */
export async function insertFirstRoot(
  tx: Tx,
  { fingerprint, kind, salt }: Omit<CustodyRoot, "state">,
  now: Date,
): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("custodyRoots")
    .values({ fingerprint, kind, salt: salt ?? null, founder: 1, state: "current", createdAt: now.getTime() })
    .onConflict((conflict) => conflict.doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

/** A custody key and in what state it is. */
export interface StoredCustodyKey {
  readonly id: string;
  readonly state: "coming" | "current" | "leaving" | "token";
}

/** Adds a custody key; false when there is one in this state. */
export async function insertCustodyKey(tx: Tx, { id, state }: StoredCustodyKey, now: Date): Promise<boolean> {
  const { numInsertedOrUpdatedRows } = await tx
    .insertInto("custodyKeys")
    .values({ id, state, createdAt: now.getTime(), changedAt: now.getTime() })
    .onConflict((conflict) => conflict.column("state").doNothing())
    .executeTakeFirst();
  return numInsertedOrUpdatedRows === 1n;
}

export async function insertCustodyWrap(
  tx: Tx,
  wrap: { readonly root: string; readonly keyId: string; readonly wrapped: Uint8Array },
): Promise<void> {
  await tx.insertInto("custodyWraps").values(wrap).execute();
}

/** All custody keys, as a root wrapped them. */
export async function listCustodyKeys(
  db: Db,
  root: string,
): Promise<readonly (StoredCustodyKey & { readonly wrapped: Uint8Array | undefined })[]> {
  const rows = await db
    .selectFrom("custodyKeys as key")
    .leftJoin("custodyWraps as wrap", (join) => join.onRef("wrap.keyId", "=", "key.id").on("wrap.root", "=", root))
    .select(["key.id", "key.state", "wrap.wrapped"])
    .orderBy("key.createdAt")
    .orderBy("key.id")
    .execute();
  return rows.map(({ wrapped, ...key }) => ({ ...key, wrapped: wrapped ?? undefined }));
}

/** What a node knows of custody keys. */
export interface CustodyNode {
  readonly node: string;
  readonly root: string;
  readonly newest: string;
  readonly sealing: string;
}

/** Says that a node is there, and what it knows. */
export async function putCustodyNode(store: Store, { node, ...known }: CustodyNode, now: Date): Promise<void> {
  const values = { ...known, seenAt: now.getTime() };
  await store
    .insertInto("custodyNodes")
    .values({ node, ...values })
    .onConflict((conflict) => conflict.column("node").doUpdateSet(values))
    .execute();
}

/** The nodes that were there at `since` or later. */
export async function listCustodyNodes(db: Db, since: Date): Promise<readonly (CustodyNode & { seenAt: number })[]> {
  return await db
    .selectFrom("custodyNodes")
    .select(["node", "root", "newest", "sealing", "seenAt"])
    .where("seenAt", ">=", since.getTime())
    .orderBy("node")
    .execute();
}

/** A node that ended has nothing in hand any more. */
export async function removeCustodyNode(store: Store, node: string): Promise<void> {
  await store.deleteFrom("custodyNodes").where("node", "=", node).execute();
}

/** Notes a root to which a store is moved, and that the others are leaving. */
export async function insertNextRoot(
  tx: Tx,
  { fingerprint, kind, salt }: Omit<CustodyRoot, "state">,
  now: Date,
): Promise<void> {
  await tx.updateTable("custodyRoots").set({ state: "leaving" }).execute();
  await tx
    .insertInto("custodyRoots")
    .values({ fingerprint, kind, salt: salt ?? null, founder: null, state: "current", createdAt: now.getTime() })
    .execute();
}

/** Lets a root that was leaving stay, and the other leave. */
export async function keepRoot(tx: Tx, fingerprint: string): Promise<void> {
  await tx.updateTable("custodyRoots").set({ state: "leaving" }).where("fingerprint", "!=", fingerprint).execute();
  await tx.updateTable("custodyRoots").set({ state: "current" }).where("fingerprint", "=", fingerprint).execute();
}

/** Removes the roots that are leaving: they open nothing from then on. Answers how many. */
export async function removeLeavingRoots(tx: Tx): Promise<number> {
  const leaving = tx.selectFrom("custodyRoots").select("fingerprint").where("state", "=", "leaving");
  await tx.deleteFrom("custodyWraps").where("root", "in", leaving).execute();
  const { numDeletedRows } = await tx.deleteFrom("custodyRoots").where("state", "=", "leaving").executeTakeFirst();
  return Number(numDeletedRows);
}

/** Puts the key that is coming into force. False when none is coming, or one is still leaving. */
export async function putKeyInForce(tx: Tx, now: Date): Promise<boolean> {
  const move = async (from: StoredCustodyKey["state"], to: StoredCustodyKey["state"]): Promise<boolean> => {
    const { numUpdatedRows } = await tx
      .updateTable("custodyKeys")
      .set({ state: to, changedAt: now.getTime() })
      .where("state", "=", from)
      .executeTakeFirst();
    return numUpdatedRows === 1n;
  };
  const states = (await tx.selectFrom("custodyKeys").select("state").execute()).map(({ state }) => state);
  if (!states.includes("coming") || states.includes("leaving")) return false;
  return (await move("current", "leaving")) && (await move("coming", "current"));
}

/** Destroys the key that is leaving. */
export async function removeLeavingKey(tx: Tx, id: string): Promise<boolean> {
  const { numDeletedRows: wraps } = await tx
    .deleteFrom("custodyWraps")
    .where("keyId", "=", (key) =>
      key.selectFrom("custodyKeys").select("id").where("id", "=", id).where("state", "=", "leaving"),
    )
    .executeTakeFirst();
  await tx.deleteFrom("custodyKeys").where("id", "=", id).where("state", "=", "leaving").execute();
  return wraps > 0n;
}
