import type { Listener } from "#domain/balancers/listener.ts";
import type { LoadBalancer } from "#domain/balancers/load-balancer.ts";
import { listRules } from "#store/listener-rules.ts";
import { removeListener } from "#store/listeners.ts";
import type { Tx } from "#store/store.ts";
import { releaseTargetGroups } from "#store/target-groups.ts";
import { settleCertificates } from "./certificates.ts";
import type { BalancerDeps } from "./deps.ts";
import { clearCertificates } from "./listener-certificates.ts";
import { MOST_RULES } from "./rules.ts";
import { forgetSecrets } from "./secrets.ts";
import { untagAll } from "./tags.ts";

/** Removes a listener of a held load balancer with its rules and everything that these needed, tags included. The caller announces it. */
export async function takeApart(tx: Tx, listener: Listener, balancer: LoadBalancer, deps: BalancerDeps): Promise<void> {
  const certificates = await clearCertificates(tx, listener);
  const rules = await listRules(tx, listener.arn, 0, MOST_RULES);
  await removeListener(tx, listener.arn);
  await settleCertificates(tx, balancer, certificates, deps);
  for (const { actions } of rules) await forgetSecrets(tx, actions, [], deps);
  await forgetSecrets(tx, listener.defaultActions, [], deps);
  await releaseTargetGroups(tx, balancer.arn);
  await untagAll(tx, [listener.arn, listener.ruleArn, ...rules.map(({ arn }) => arn)]);
}
