import type { CertificateArn, KeyArn } from "#domain/arn.ts";
import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** That a resource uses a certificate, and the grant under which it may open the key. */
export interface Association {
  readonly certificateArn: CertificateArn;
  readonly resourceArn: string;
  readonly keyArn: KeyArn;
  readonly grantId: string;
  readonly grantToken: string;
  readonly createdAt: EpochMillis;
}

export async function insertAssociation(tx: Tx, association: Association): Promise<void> {
  await tx.insertInto("certificateAssociations").values(association).execute();
}

export async function findAssociation(
  db: Db,
  certificateArn: CertificateArn,
  resourceArn: string,
): Promise<Association | undefined> {
  return await db
    .selectFrom("certificateAssociations")
    .select(["certificateArn", "resourceArn", "keyArn", "grantId", "grantToken", "createdAt"])
    .where("certificateArn", "=", certificateArn)
    .where("resourceArn", "=", resourceArn)
    .executeTakeFirst();
}

/** Removes an association and answers what it was; undefined when there was none. */
export async function deleteAssociation(
  tx: Tx,
  certificateArn: CertificateArn,
  resourceArn: string,
): Promise<Association | undefined> {
  return await tx
    .deleteFrom("certificateAssociations")
    .where("certificateArn", "=", certificateArn)
    .where("resourceArn", "=", resourceArn)
    .returning(["certificateArn", "resourceArn", "keyArn", "grantId", "grantToken", "createdAt"])
    .executeTakeFirst();
}

/** The ARNs of those who use a certificate, oldest first. */
export async function usersOf(db: Db, certificateArn: CertificateArn): Promise<string[]> {
  const rows = await db
    .selectFrom("certificateAssociations")
    .select("resourceArn")
    .where("certificateArn", "=", certificateArn)
    .orderBy("createdAt")
    .orderBy("resourceArn")
    .execute();
  return rows.map(({ resourceArn }) => resourceArn);
}

/** All uses of a certificate, oldest first. */
export async function listAssociations(db: Db, certificateArn: CertificateArn): Promise<Association[]> {
  return await db
    .selectFrom("certificateAssociations")
    .select(["certificateArn", "resourceArn", "keyArn", "grantId", "grantToken", "createdAt"])
    .where("certificateArn", "=", certificateArn)
    .orderBy("createdAt")
    .orderBy("resourceArn")
    .execute();
}

/** Whose use of which certificate a grant allows; undefined when it has nothing to do with certificates. */
export async function findGrantedUse(
  db: Db,
  grantId: string,
): Promise<Pick<Association, "certificateArn" | "resourceArn"> | undefined> {
  return await db
    .selectFrom("certificateAssociations")
    .select(["certificateArn", "resourceArn"])
    .where("grantId", "=", grantId)
    .executeTakeFirst();
}
