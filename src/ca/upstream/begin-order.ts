import type { FailureReason } from "#domain/certificate/certificate.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { parsePem } from "#lib/pem.ts";
import type { Tx } from "#store/store.ts";
import {
  deleteFailedOrders,
  findFinalizedOrder,
  forgetUpstreamOrders,
  insertUpstreamOrder,
  listUpstreamOrders,
  type UpstreamOrder,
} from "#store/upstream-orders.ts";
import { certificateId } from "./certificate-id.ts";

/**
 * Answers by which id the order of a version goes on: the one that is alive, or a new one at the first CA whose last
 * order did not fail just now. When all of them did, the new order waits for the one that may be asked first.
 */
export async function beginOrder(
  tx: Tx,
  { certificateArn, generation }: { readonly certificateArn: string; readonly generation: number },
  { cas, clock, ids }: { readonly cas: readonly string[]; readonly clock: Clock; readonly ids: Ids },
): Promise<string> {
  const orders = await listUpstreamOrders(tx, certificateArn, generation);
  const alive = orders.find(({ state }) => state !== "failed");
  if (alive) return alive.id;
  const now = clock.now().getTime();
  const next = nextCa(cas, orders, now);
  if (!next) throw new Error("no public CA is configured any more: see the setting upstream");
  const before = await findFinalizedOrder(tx, certificateArn, generation - 1);
  await forgetUpstreamOrders(tx, certificateArn, generation - 1, now);
  await deleteFailedOrders(tx, superfluous(orders));
  const id = ids.uuid();
  const replaces = before && before.ca === next.ca ? idOf(before) : undefined;
  // Later than the one before, however fast that failed: orders are told by their time.
  const madeAt = Math.max(now, ...orders.map((order) => order.madeAt + 1));
  const order = { id, certificateArn, generation, ...next, replaces: replaces ?? null, madeAt };
  if (!(await insertUpstreamOrder(tx, order))) throw new Error(`another order of ${certificateArn} is alive`);
  return id;
}

/** Why no CA will ever issue this version: what the first of them said. Undefined while one has not refused for good. */
export function refusalByAll(
  cas: readonly string[],
  orders: readonly Pick<UpstreamOrder, "ca" | "refusal" | "problem">[],
): { readonly reason: FailureReason; readonly message: string } | undefined {
  const last = cas.map((ca) => orders.findLast((order) => order.ca === ca));
  const [first] = last;
  if (!first?.refusal || !last.every((order) => order?.refusal)) return undefined;
  const message = last.map((order) => `${order?.ca}: ${order?.problem}`).join("; ");
  return { reason: first.refusal, message };
}

function nextCa(
  cas: readonly string[],
  orders: readonly UpstreamOrder[],
  now: number,
): { readonly ca: string; readonly attempt: number; readonly dueAt: number } | undefined {
  const candidates = cas.map((ca) => {
    const last = orders.findLast((order) => order.ca === ca);
    return { ca, attempt: (last?.attempt ?? 0) + 1, dueAt: Math.max(last?.retryAt ?? now, now) };
  });
  const ready = candidates.find(({ dueAt }) => dueAt <= now);
  return ready ?? candidates.toSorted((one, other) => one.dueAt - other.dueAt)[0];
}

/** Of many that failed, those that say nothing to anybody: neither the latest, nor the last one of a CA. */
function superfluous(orders: readonly UpstreamOrder[]): readonly string[] {
  return orders
    .slice(0, -MOST_KEPT)
    .filter((order) => orders.findLast(({ ca }) => ca === order.ca) !== order)
    .map(({ id }) => id);
}

function idOf({ certificate }: UpstreamOrder): string | undefined {
  const [leaf] = certificate === null ? [] : parsePem(certificate, 1);
  return leaf && certificateId(leaf.der);
}

/** What earlier orders said is shown to the owner; of many, the latest. */
const MOST_KEPT = 8;
