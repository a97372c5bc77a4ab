import type { AcmeBindingArn, AcmeEndpointArn } from "#domain/acme/arns.ts";
import type { AcmeAccountStatus } from "#domain/acme/endpoint.ts";
import type { AcmePlace } from "./acme-endpoints.ts";
import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

export interface AcmeAccount {
  readonly id: string;
  readonly endpointArn: AcmeEndpointArn;
  readonly createdAt: EpochMillis;
  readonly thumbprint: string;
  /** JSON. */
  readonly jwk: string;
  readonly status: AcmeAccountStatus;
  readonly contacts: readonly string[];
  readonly bindingArn: AcmeBindingArn;
}

/** Registers an account; false when the endpoint has one with this key already. */
export async function insertAcmeAccount(tx: Tx, { contacts, ...account }: AcmeAccount): Promise<boolean> {
  const row = await tx
    .insertInto("acmeAccounts")
    .values({ ...account, contacts: JSON.stringify(contacts) })
    .onConflict((conflict) => conflict.columns(["endpointArn", "thumbprint"]).doNothing())
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function findAcmeAccount(db: Db, id: string): Promise<AcmeAccount | undefined> {
  const [row] = await accountOf(db, id);
  return row && account(row);
}

const accountOf = prepared((db, id: string) => db.selectFrom("acmeAccounts").select(COLUMNS).where("id", "=", id));

export async function findAcmeAccountByKey(
  db: Db,
  endpointArn: AcmeEndpointArn,
  thumbprint: string,
): Promise<AcmeAccount | undefined> {
  const row = await db
    .selectFrom("acmeAccounts")
    .select(COLUMNS)
    .where("endpointArn", "=", endpointArn)
    .where("thumbprint", "=", thumbprint)
    .executeTakeFirst();
  return row && account(row);
}

/** An endpoint's accounts by creation, `limit` of them, behind a place. */
export async function pageAcmeAccounts(
  db: Db,
  endpointArn: AcmeEndpointArn,
  after: AcmePlace,
  limit: number,
): Promise<readonly AcmeAccount[]> {
  const rows = await db
    .selectFrom("acmeAccounts")
    .select(COLUMNS)
    .where("endpointArn", "=", endpointArn)
    .where((row) => row(row.refTuple("createdAt", "id"), ">", row.tuple(after.createdAt, after.key)))
    .orderBy("createdAt")
    .orderBy("id")
    .limit(limit)
    .execute();
  return rows.map(account);
}

/** Ends a VALID account for good; false when it is not VALID any more. */
export async function endAcmeAccount(
  tx: Tx,
  id: string,
  status: Exclude<AcmeAccountStatus, "VALID">,
): Promise<boolean> {
  const row = await tx
    .updateTable("acmeAccounts")
    .set({ status })
    .where("id", "=", id)
    .where("status", "=", "VALID")
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

export async function setAcmeContacts(tx: Tx, id: string, contacts: readonly string[]): Promise<boolean> {
  const row = await tx
    .updateTable("acmeAccounts")
    .set({ contacts: JSON.stringify(contacts) })
    .where("id", "=", id)
    .where("status", "=", "VALID")
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Gives a VALID account another key; false when its key is not the old one any more. */
export async function setAcmeAccountKey(
  tx: Tx,
  id: string,
  oldThumbprint: string,
  { thumbprint, jwk }: Pick<AcmeAccount, "thumbprint" | "jwk">,
): Promise<boolean> {
  const row = await tx
    .updateTable("acmeAccounts")
    .set({ thumbprint, jwk })
    .where("id", "=", id)
    .where("status", "=", "VALID")
    .where("thumbprint", "=", oldThumbprint)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Removes `limit` accounts of an endpoint with all their orders, and answers how many there were. */
export async function deleteAcmeAccounts(tx: Tx, endpointArn: AcmeEndpointArn, limit: number): Promise<number> {
  const rows = await tx
    .deleteFrom("acmeAccounts")
    .where("id", "in", (own) =>
      own.selectFrom("acmeAccounts").select("id").where("endpointArn", "=", endpointArn).limit(limit),
    )
    .returning("id")
    .execute();
  return rows.length;
}

const COLUMNS = ["id", "endpointArn", "createdAt", "thumbprint", "jwk", "status", "contacts", "bindingArn"] as const;

function account({ contacts, ...row }: Omit<AcmeAccount, "contacts"> & { readonly contacts: string }): AcmeAccount {
  return { ...row, contacts: JSON.parse(contacts) as readonly string[] };
}
