import { prepared } from "./prepared.ts";
import type { Db, Tx } from "./store.ts";
import type { ChallengeType } from "./tables/upstream.ts";

/** What is answered to one challenge: several orders, or names of one, may want their values at the same place. */
export interface ChallengeAnswer {
  readonly type: ChallengeType;
  /** dns-01: where the TXT record stands, lower case without the last dot. http-01: the token. */
  readonly name: string;
  readonly value: string;
}

/** Publishes the answers of an order, which the commit makes visible to everybody. */
export async function insertChallengeAnswers(
  tx: Tx,
  orderId: string,
  answers: readonly ChallengeAnswer[],
): Promise<void> {
  if (answers.length === 0) return;
  await tx
    .insertInto("challengeAnswers")
    .values(answers.map((answer) => ({ orderId, ...answer })))
    .onConflict((conflict) => conflict.doNothing())
    .execute();
}

/** Takes the answers of an order back. */
export async function deleteChallengeAnswers(tx: Tx, orderId: string): Promise<void> {
  await tx.deleteFrom("challengeAnswers").where("orderId", "=", orderId).execute();
}

/** Everything that is answered at a name, each value once. */
export async function findChallengeValues(db: Db, type: ChallengeType, name: string): Promise<readonly string[]> {
  return [...new Set((await valuesAt(db, type, name)).map(({ value }) => value))];
}

const valuesAt = prepared((db, type: ChallengeType, name: string) =>
  db
    .selectFrom("challengeAnswers")
    .select("value")
    .where("type", "=", type)
    .where("name", "=", name)
    .orderBy("value")
    .limit(MOST_VALUES),
);

/** So that an answer by DNS always fits. */
const MOST_VALUES = 50;
