import type { Owner } from "#domain/names.ts";
import { announce } from "#store/edge-changes.ts";
import { removeRule } from "#store/listener-rules.ts";
import { releaseTargetGroups } from "#store/target-groups.ts";
import type { BalancerDeps } from "./deps.ts";
import { heldRule } from "./rules.ts";
import { forgetSecrets } from "./secrets.ts";
import { untagAll } from "./tags.ts";

/** Removes a rule. Throws `rule-not-found`, and `balancer-operation-forbidden` for a default rule. */
export async function deleteRule(text: string, owner: Owner, deps: BalancerDeps): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const { rule, balancer } = await heldRule(tx, text, owner, "deleted");
    await removeRule(tx, rule.arn);
    await releaseTargetGroups(tx, balancer.arn);
    await untagAll(tx, [rule.arn]);
    await announce(tx, { kind: "balancer", loadBalancerArn: balancer.arn });
    await forgetSecrets(tx, rule.actions, [], deps);
  });
}
