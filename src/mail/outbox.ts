import type { Job } from "#jobs/queue.ts";
import { enqueue } from "#jobs/queue.ts";
import { backoff } from "#lib/backoff.ts";
import type { Clock } from "#lib/clock.ts";
import { later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import {
  findQueuedLetter,
  insertLetter,
  type Letter,
  type NewLetter,
  type Outcome,
  recordTry,
  withdrawLetters,
} from "#store/letters.ts";
import type { Store, Tx } from "#store/store.ts";
import type { Delivery, Outgoing, Postman } from "./postman.ts";

/** The name of the job that sends one letter. */
export const SEND_LETTER = "mail.send";

export interface OutboxDeps {
  readonly store: Store;
  readonly clock: Clock;
  /** Undefined while no mail server is configured: letters wait. */
  readonly postman?: Postman | undefined;
}

/** Whoever has letters sent. */
export interface Author {
  /** The letter as it is to leave now; undefined when nobody needs it any more: then it is withdrawn. */
  write(letter: Letter & { readonly sealedToken: Uint8Array }): Promise<Outgoing | undefined>;
  /** Told what a try came to, in the transaction that writes it down. */
  settled(tx: Tx, letter: Letter, outcome: Outcome): Promise<void>;
}

/** Puts a letter into the outbox, in the transaction that needs it: it is sent if and only if that commits. */
export async function post(tx: Tx, letter: NewLetter, now: Date): Promise<void> {
  await insertLetter(tx, letter);
  await enqueue(tx, sending(letter.id), now);
}

/**
 * The job "mail.send": hands a letter to the mail server, and answers when to try again. A letter is sent once, or, when
 * this process dies between the server's answer and our commit, again under the same Message-ID; what the server cannot
 * take now is tried ever less often until `giveUpAt`.
 */
export async function sendLetter(id: string, author: Author, deps: OutboxDeps): Promise<Date | undefined> {
  const { store, clock, postman } = deps;
  const letter = await findQueuedLetter(store, id);
  if (!letter) return undefined;
  const outgoing = await author.write(letter);
  if (!outgoing) {
    await withdrawLetters(store, { id });
    return undefined;
  }
  if (!postman) return later(clock.now(), UNCONFIGURED);
  const delivery = await postman.send(outgoing);
  const now = clock.now();
  if (!delivery) return later(now, BUSY);
  const again = later(now, backoff(letter.tries + 1, RETRY));
  const outcome = outcomeOf(delivery, postman.server, again < new Date(letter.giveUpAt));
  return await store.transaction().execute(async (tx) => {
    if (!(await recordTry(tx, id, outcome, now.getTime()))) return undefined;
    await author.settled(tx, letter, outcome);
    return outcome.state === "QUEUED" ? again : undefined;
  });
}

/** What is written down of a delivery. */
function outcomeOf({ kind, answer }: Delivery, server: string, hope: boolean): Outcome {
  switch (kind) {
    case "delivered":
      return { state: "SENT", server, answer };
    case "refused":
      return { state: "BOUNCED", server, answer };
    case "deferred":
      return hope ? { state: "QUEUED", server, answer } : { state: "BOUNCED", server, answer: `given up: ${answer}` };
  }
}

function sending(id: string): Job {
  return { task: SEND_LETTER, subject: id };
}

const UNCONFIGURED: Millis = 5 * MINUTE;
const BUSY: Millis = SECOND;
/** RFC 5321 §4.5.4.1 asks for half an hour after the first tries; grey-listing wants the second one sooner. */
const RETRY = { first: MINUTE, most: 30 * MINUTE };
