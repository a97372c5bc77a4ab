import { keyDestroyedAct, keyMadeAct } from "#custody/sealed-key-acts.ts";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import { findEdgeKey, insertAccessKey, type NewAccessKey } from "#store/access-keys.ts";
import { removeEdgeMember } from "#store/edge-members.ts";
import type { Tx } from "#store/store.ts";
import { purpose } from "./new-access-key.ts";

interface Recording {
  readonly clock: Clock;
}

/** Stores an access key, with its birth in the journal; an edge of an account that has one already gets no other. */
export async function keepAccessKey(tx: Tx, key: NewAccessKey, { clock }: Recording): Promise<void> {
  if (!(await insertAccessKey(tx, key))) return;
  const owner = { account: key.account, region: "" };
  await recordIn(tx, keyMadeAct({ sealed: key.sealedSecret, owner }), clock);
}

/** Records that an access key was destroyed in this transaction. */
export async function recordKeyGone(tx: Tx, id: string, account: string, { clock }: Recording): Promise<void> {
  await recordIn(tx, keyDestroyedAct({ resource: purpose(id), owner: { account, region: "" } }), clock);
}

/** Removes an edge that joined, with its access key and all that it said. False when there is none. */
export async function forgetEdge(tx: Tx, edge: string, account: string, deps: Recording): Promise<boolean> {
  const key = await findEdgeKey(tx, account, edge);
  const removed = await removeEdgeMember(tx, edge, account);
  if (removed && key) await recordKeyGone(tx, key.id, account, deps);
  return removed;
}
