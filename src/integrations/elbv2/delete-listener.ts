import type { Owner } from "#domain/names.ts";
import { announce } from "#store/edge-changes.ts";
import { listListenerCertificates } from "#store/listener-certificates.ts";
import { removeListener } from "#store/listeners.ts";
import { releaseTargetGroups } from "#store/target-groups.ts";
import { settleCertificates } from "./certificates.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldListener } from "./find.ts";
import { untagAll } from "./tags.ts";

/**
 * Removes a listener: certificates that no other listener of the load balancer has are detached, target groups that no
 * other forwards to are free, all at once. Throws `listener-not-found`.
 */
export async function deleteListener(text: string, owner: Owner, deps: BalancerDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const { listener, balancer } = await heldListener(tx, text, owner);
    const certificates = await listListenerCertificates(tx, listener.arn, undefined, MOST);
    await removeListener(tx, listener.arn);
    await settleCertificates(
      tx,
      balancer,
      certificates.map(({ certificateArn }) => certificateArn),
      deps,
    );
    await releaseTargetGroups(tx, balancer.arn);
    await untagAll(tx, [listener.arn, listener.ruleArn]);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
  });
}

/** More than a listener can have. */
const MOST = 1000;
