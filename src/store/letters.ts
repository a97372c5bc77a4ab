import type { Selectable } from "kysely";
import type { Db, Tx } from "./store.ts";
import type { MailTables } from "./tables/mail.ts";
import type { EpochMillis } from "./tables/types.ts";

type Row = Selectable<MailTables["letters"]>;

/** A letter in the outbox, or what came of it. */
export type Letter = Omit<Row, "tokenHash" | "sealedToken">;

export interface NewLetter extends Pick<Row, "id" | "approvalId" | "recipient" | "queuedAt" | "giveUpAt"> {
  readonly tokenHash: string;
  readonly sealedToken: Uint8Array;
}

/** Puts a letter into the outbox. */
export async function insertLetter(tx: Tx, letter: NewLetter): Promise<void> {
  await tx
    .insertInto("letters")
    .values({ ...letter, state: "QUEUED", tries: 0 })
    .execute();
}

/** A letter that waits to be sent, with its token; undefined when it does not wait any more. */
export async function findQueuedLetter(
  db: Db,
  id: string,
): Promise<(Letter & { readonly sealedToken: Uint8Array }) | undefined> {
  const row = await db
    .selectFrom("letters")
    .select([...COLUMNS, "sealedToken"])
    .where("id", "=", id)
    .where("state", "=", "QUEUED")
    .executeTakeFirst();
  return row?.sealedToken ? { ...row, sealedToken: row.sealedToken } : undefined;
}

/** The letter whose link has this token. */
export async function findLetterByToken(db: Db, tokenHash: string): Promise<Letter | undefined> {
  return await db.selectFrom("letters").select(COLUMNS).where("tokenHash", "=", tokenHash).executeTakeFirst();
}

/** All letters about a question, the oldest first, those of one time by their addresses. */
export async function lettersOf(db: Db, approvalId: string): Promise<readonly Letter[]> {
  return await db
    .selectFrom("letters")
    .select(COLUMNS)
    .where("approvalId", "=", approvalId)
    .orderBy("queuedAt")
    .orderBy("recipient")
    .execute();
}

/** What a try to send a letter came to. */
export interface Outcome {
  /** QUEUED: it will be tried again. */
  readonly state: "QUEUED" | "SENT" | "BOUNCED";
  readonly server: string;
  readonly answer: string;
}

/** Writes down a try; false when the letter did not wait any more. What has left keeps no token. */
export async function recordTry(
  tx: Tx,
  id: string,
  { state, server, answer }: Outcome,
  now: EpochMillis,
): Promise<boolean> {
  const row = await tx
    .updateTable("letters")
    .set((letter) => ({
      state,
      server,
      answer,
      answeredAt: now,
      tries: letter("tries", "+", 1),
      ...(state === "QUEUED" ? {} : { sealedToken: null }),
    }))
    .where("id", "=", id)
    .where("state", "=", "QUEUED")
    .returning("id")
    .executeTakeFirst();
  return row !== undefined;
}

/** Takes letters that nobody needs any more out of the outbox: one, or all about a question. */
export async function withdrawLetters(
  tx: Db,
  which: { readonly id: string } | { readonly approvalId: string },
): Promise<void> {
  await tx
    .updateTable("letters")
    .set({ state: "WITHDRAWN", sealedToken: null })
    .where((letter) => ("id" in which ? letter("id", "=", which.id) : letter("approvalId", "=", which.approvalId)))
    .where("state", "=", "QUEUED")
    .execute();
}

const COLUMNS = [
  "id",
  "approvalId",
  "recipient",
  "queuedAt",
  "giveUpAt",
  "state",
  "tries",
  "server",
  "answer",
  "answeredAt",
] as const;
