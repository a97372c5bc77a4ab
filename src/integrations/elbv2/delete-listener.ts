import type { Owner } from "#domain/names.ts";
import { announce } from "#store/edge-changes.ts";
import type { Tx } from "#store/store.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldListener } from "./find.ts";
import { shortenList } from "./listener-certificates.ts";
import { takeApart } from "./take-apart.ts";
import { announceDistrust } from "./trust-store-changes.ts";

/**
 * Removes a listener: certificates that no other listener of the load balancer has are detached, target groups that no
 * other forwards to are free, client secrets destroyed. All at once; only a list of more than 500 certificates is detached
 * part by part before. Throws `listener-not-found`.
 */
export async function deleteListener(text: string, owner: Owner, deps: BalancerDeps): Promise<void> {
  const step = async (tx: Tx): Promise<boolean> => {
    const { listener, balancer } = await heldListener(tx, text, owner);
    if (await shortenList(tx, listener, balancer, deps)) return false;
    await takeApart(tx, listener, balancer, deps);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    await announceDistrust(tx, listener, undefined);
    return true;
  };
  while (!(await deps.store.transaction().execute(step)));
}
