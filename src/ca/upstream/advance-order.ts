import { later, SECOND } from "#lib/duration.ts";
import { deleteChallengeAnswers } from "#store/challenge-answers.ts";
import type { UpstreamOrderState } from "#store/tables/upstream.ts";
import {
  changeUpstreamOrder,
  readUpstreamOrder,
  type UpstreamOrder,
  type UpstreamOrderChange,
} from "#store/upstream-orders.ts";
import { asAccount, Misconfigured, ownerOf } from "./account.ts";
import type { AcmeClient } from "./acme-client.ts";
import {
  awaitValidation,
  finalize,
  keepCsr,
  type OrderStep,
  type OrderSubject,
  placeOrder,
  publishAnswers,
  type StepDeps,
  type StepResult,
} from "./order-steps.ts";
import { judge, type Verdict } from "./verdict.ts";

/** Where an order stands after all that could be done at once was done. */
export type OrderProgress =
  | { readonly kind: "finalized" }
  | { readonly kind: "waiting"; readonly until: Date; readonly problem: string | undefined }
  /** It came to nothing; the next one may go elsewhere. */
  | { readonly kind: "failed"; readonly order: UpstreamOrder };

/**
 * Does what can be done for an order now. Every state is kept before the next step begins, and every step begins with
 * what the CA says, so that a process may die anywhere, or two may be at it: the order is finalized once.
 */
export async function advanceOrder(
  id: string,
  subject: OrderSubject,
  clients: readonly AcmeClient[],
  deps: StepDeps,
): Promise<OrderProgress> {
  let fresh = false;
  for (let steps = 0; steps < MOST_STEPS; steps += 1) {
    const order = await readUpstreamOrder(deps.store, id);
    if (!order) throw new Error(`there is no order ${id} any more`); // its certificate was deleted
    if (order.state === "finalized") return { kind: "finalized" };
    if (order.state === "failed") return { kind: "failed", order };
    const until = new Date(order.dueAt);
    if (until > deps.clock.now()) return { kind: "waiting", until, problem: order.problem ?? undefined };
    const done = await takeStep(order, fresh, subject, clients, deps);
    if (done instanceof Date) return { kind: "waiting", until: done, problem: undefined };
    fresh = done === "moved";
  }
  return { kind: "waiting", until: later(deps.clock.now(), SECOND), problem: undefined };
}

async function takeStep(
  order: UpstreamOrder,
  fresh: boolean,
  subject: OrderSubject,
  clients: readonly AcmeClient[],
  deps: StepDeps,
): Promise<StepResult> {
  try {
    const client = clients.find(({ ca }) => ca.name === order.ca);
    if (!client) throw new Misconfigured(`${order.ca} is not configured any more`);
    const step = order.state === "finalized" || order.state === "failed" ? undefined : STEPS[order.state];
    if (!step) return "overtaken";
    const owner = ownerOf(order.certificateArn);
    return await asAccount(client, owner, (signer) => step({ order, subject, client, signer, fresh }, deps), deps);
  } catch (error) {
    await recordTrouble(order, error, deps);
    return "overtaken";
  }
}

/** What came of a failed step, beside what it said; a bug is thrown on. */
async function recordTrouble(read: UpstreamOrder, error: unknown, deps: StepDeps): Promise<void> {
  const now = deps.clock.now();
  // The step may have moved the order before it failed.
  const order = (await readUpstreamOrder(deps.store, read.id)) ?? read;
  const verdict = judge(error, order, now);
  if (!verdict) throw error;
  if (order.state !== read.state) return; // somebody else was faster, and fared better
  const problem = error instanceof Error ? error.message : String(error);
  await deps.store.transaction().execute(async (tx) => {
    const changed = await changeUpstreamOrder(tx, order, changeAfter(verdict, order, problem), now.getTime());
    if (changed && verdict.kind === "over") await deleteChallengeAnswers(tx, order.id);
  });
}

function changeAfter(verdict: Verdict, { tries }: UpstreamOrder, problem: string): UpstreamOrderChange {
  switch (verdict.kind) {
    case "again":
      return { problem, tries: tries + 1, dueAt: verdict.at.getTime() };
    case "over":
      return { problem, state: "failed", refusal: verdict.refusal ?? null, retryAt: verdict.retryAt.getTime() };
    case "without-replaces":
      return { problem, replaces: null };
  }
}

const STEPS: Readonly<Record<Exclude<UpstreamOrderState, "finalized" | "failed">, OrderStep>> = {
  new: placeOrder,
  ordered: publishAnswers,
  challenged: awaitValidation,
  ready: keepCsr,
  finalizing: finalize,
};

/** More than an order has states, and few enough to leave to others. */
const MOST_STEPS = 12;
