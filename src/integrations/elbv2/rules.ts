import { type ListenerArn, parseRuleArn } from "#domain/balancers/arns.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Db, Store } from "#store/store.ts";
import { listenerOf } from "./find.ts";

/** The listener whose default rule that is; there are no other rules. Throws `rule-not-found`, `balancer-input-invalid`. */
export async function ruleOf(db: Db, text: string, owner: Owner): Promise<Listener> {
  const arn = parseRuleArn(text);
  if (!arn) throw new Refusal("balancer-input-invalid", `'${text}' is not a valid listener rule ARN`);
  const of = arn.slice(0, arn.lastIndexOf("/")).replace(":listener-rule/", ":listener/") as ListenerArn;
  try {
    const { listener } = await listenerOf(db, of, owner);
    if (listener.ruleArn === arn) return listener;
  } catch (error) {
    if (!(error instanceof Refusal && error.code === "listener-not-found")) throw error;
  }
  throw new Refusal("rule-not-found", `Rules '[${text}]' not found`);
}

/** The listeners whose default rules are asked for: that of one listener, or those named. */
export async function findRules(
  { listenerArn, ruleArns }: { readonly listenerArn: string | undefined; readonly ruleArns: readonly string[] },
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<readonly Listener[]> {
  if (listenerArn !== undefined) return [(await listenerOf(store, listenerArn, owner)).listener];
  return await Promise.all([...new Set(ruleArns)].map((arn) => ruleOf(store, arn, owner)));
}
