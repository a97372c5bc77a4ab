import type { Selectable } from "kysely";
import type { CertificateArn } from "#domain/arn.ts";
import type { ApprovalState } from "#domain/certificate/approval.ts";
import type { DomainName } from "#domain/names.ts";
import type { Db, Tx } from "./store.ts";
import type { MailTables } from "./tables/mail.ts";
import type { EpochMillis } from "./tables/types.ts";

type Row = Selectable<MailTables["approvals"]>;

/** One question to those who read a domain's mail. */
export interface Approval extends Omit<Row, "names" | "lookups"> {
  readonly names: readonly DomainName[];
  /** How it was found out that the domain takes mail, as it was given to `insertApproval`. */
  readonly lookups: readonly unknown[];
}

export type NewApproval = Omit<Approval, "state" | "decidedAt" | "decidedBy">;

/** Which question: the validation domain of one of a certificate's proofs. */
export interface ApprovalSubject {
  readonly certificateArn: CertificateArn;
  readonly purpose: Row["purpose"];
  readonly validationDomain: DomainName;
}

/** Asks. Whoever does holds the certificate, and has seen that nothing is open for this validation domain. */
export async function insertApproval(tx: Tx, { names, lookups, ...approval }: NewApproval): Promise<void> {
  await tx
    .insertInto("approvals")
    .values({ ...approval, names: JSON.stringify(names), lookups: JSON.stringify(lookups), state: "OPEN" })
    .execute();
}

/** All questions to a validation domain while the certificate is of one generation, the oldest first. */
export async function approvalsOf(
  db: Db,
  { certificateArn, purpose, validationDomain }: ApprovalSubject,
  generation: number,
): Promise<readonly Approval[]> {
  const rows = await db
    .selectFrom("approvals")
    .select(COLUMNS)
    .where("certificateArn", "=", certificateArn)
    .where("purpose", "=", purpose)
    .where("validationDomain", "=", validationDomain)
    .where("generation", "=", generation)
    .orderBy("createdAt")
    .orderBy("id")
    .execute();
  return rows.map(approval);
}

export async function findApproval(db: Db, id: string): Promise<Approval | undefined> {
  const row = await db.selectFrom("approvals").select(COLUMNS).where("id", "=", id).executeTakeFirst();
  return row && approval(row);
}

/** Decides an open question, at `now` and before it expires; false when it was not open any more. */
export async function decideApproval(
  tx: Tx,
  id: string,
  { state, decidedBy }: { readonly state: "APPROVED" | "REFUSED"; readonly decidedBy: string },
  now: EpochMillis,
): Promise<boolean> {
  const row = await tx
    .updateTable("approvals")
    .set({ state, decidedAt: now, decidedBy })
    .where("id", "=", id)
    .where("state", "=", "OPEN")
    .where("expiresAt", ">", now)
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Closes what is open for a validation domain, because it is asked anew or no longer asked there. */
export async function supersedeApproval(tx: Tx, subject: ApprovalSubject): Promise<void> {
  const { certificateArn, purpose, validationDomain } = subject;
  await tx
    .updateTable("approvals")
    .set({ state: "SUPERSEDED" satisfies ApprovalState })
    .where("certificateArn", "=", certificateArn)
    .where("purpose", "=", purpose)
    .where("validationDomain", "=", validationDomain)
    .where("state", "=", "OPEN")
    .execute();
}

/** Forgets what was asked for earlier versions of a certificate, with its letters. */
export async function forgetApprovalsBefore(tx: Tx, certificateArn: CertificateArn, generation: number): Promise<void> {
  await tx
    .deleteFrom("approvals")
    .where("certificateArn", "=", certificateArn)
    .where("generation", "<", generation)
    .execute();
}

const COLUMNS = [
  "id",
  "certificateArn",
  "purpose",
  "generation",
  "attemptAt",
  "validationDomain",
  "names",
  "createdAt",
  "expiresAt",
  "state",
  "decidedAt",
  "decidedBy",
  "lookups",
] as const;

function approval({ names, lookups, ...row }: Row): Approval {
  return {
    ...row,
    names: JSON.parse(names) as readonly DomainName[],
    lookups: JSON.parse(lookups) as readonly unknown[],
  };
}
