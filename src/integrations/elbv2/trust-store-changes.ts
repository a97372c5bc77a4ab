import type { TrustStoreArn } from "#domain/balancers/arns.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import { announce } from "#store/edge-changes.ts";
import { listListenersTrusting } from "#store/listeners.ts";
import type { Tx } from "#store/store.ts";

/** Tells the edges that a trust store has other contents, and every load balancer that asks its clients by it. */
export async function announceContents(tx: Tx, trustStoreArn: TrustStoreArn): Promise<void> {
  await announce(tx, { kind: "trust-store", trustStoreArn });
  const told = new Set<string>();
  for (let after: string | undefined; ; ) {
    const listeners = await listListenersTrusting(tx, trustStoreArn, after, PAGE);
    for (const { loadBalancerArn } of listeners) {
      if (!told.has(loadBalancerArn)) await announce(tx, { kind: "balancer", loadBalancerArn });
      told.add(loadBalancerArn);
    }
    after = listeners.at(-1)?.arn;
    if (listeners.length < PAGE) return;
  }
}

/** Tells the edges of a trust store that a listener no longer names; where no other does, they forget it. */
export async function announceDistrust(tx: Tx, before: MutualFacts, after: MutualFacts | undefined): Promise<void> {
  const [was, is] = [trusted(before), after && trusted(after)];
  if (was !== undefined && was !== is) await announce(tx, { kind: "trust-store", trustStoreArn: was });
}

type MutualFacts = Pick<Listener, "mutualAuthentication">;

function trusted({ mutualAuthentication: mutual }: MutualFacts): TrustStoreArn | undefined {
  return mutual?.mode === "verify" ? mutual.trustStoreArn : undefined;
}

const PAGE = 500;
