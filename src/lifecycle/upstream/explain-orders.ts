import type { CertificateArn } from "#domain/arn.ts";
import type { Store } from "#store/store.ts";
import type { UpstreamOrderState } from "#store/tables/upstream.ts";
import { listUpstreamOrders, type UpstreamOrder } from "#store/upstream-orders.ts";

/** An order at a public CA: how far it came, and what the CA said. */
export interface OrderExplanation {
  readonly ca: string;
  readonly state: UpstreamOrderState;
  /** What it brought, or shall bring: the certificate in force, or the next one. */
  readonly version: "in force" | "next";
  /** Why the last step came to nothing, in the CA's words; undefined when it did not. */
  readonly problem: string | undefined;
  readonly changedAt: Date;
  /** When the order goes on, or this CA may be asked again; undefined when it is done. */
  readonly again: Date | undefined;
  /** When the CA wants the certificate to be renewed (ARI), and where it says why. */
  readonly renewal:
    | { readonly from: Date; readonly to: Date; readonly at: Date; readonly explanation: string | undefined }
    | undefined;
}

/** The orders that brought the certificate in force, and those for the next version, the oldest first. */
export async function explainOrders(
  arn: CertificateArn,
  generation: number,
  { store }: { readonly store: Store },
): Promise<readonly OrderExplanation[]> {
  const present = await listUpstreamOrders(store, arn, generation);
  const next = await listUpstreamOrders(store, arn, generation + 1);
  return [...present.map((order) => told(order, "in force")), ...next.map((order) => told(order, "next"))];
}

function told(order: UpstreamOrder, version: OrderExplanation["version"]): OrderExplanation {
  const { ca, state, problem, changedAt, dueAt, retryAt, windowStart, windowEnd, renewAt, explanationUrl } = order;
  const again = state === "finalized" ? null : state === "failed" ? retryAt : dueAt;
  return {
    ca,
    state,
    version,
    problem: problem ?? undefined,
    changedAt: new Date(changedAt),
    again: again === null ? undefined : new Date(again),
    renewal:
      windowStart === null || windowEnd === null || renewAt === null
        ? undefined
        : {
            from: new Date(windowStart),
            to: new Date(windowEnd),
            at: new Date(renewAt),
            explanation: explanationUrl ?? undefined,
          },
  };
}
