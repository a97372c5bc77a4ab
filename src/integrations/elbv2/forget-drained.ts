import { parseTargetGroupArn } from "#domain/balancers/arns.ts";
import type { Clock } from "#lib/clock.ts";
import type { Store } from "#store/store.ts";
import { holdTargetGroup } from "#store/target-groups.ts";
import { nextDrainedAt, removeDrainedTargets } from "#store/targets.ts";
import { announceTargetGroup } from "./target-groups.ts";

/** The name of the job that forgets the drained targets of a target group, which is its subject. */
export const FORGET_DRAINED = "targets.forget-drained";

/** Removes the targets of a target group that have drained, and answers when the next will have. */
export async function forgetDrainedTargets(
  subject: string,
  { store, clock }: { readonly store: Store; readonly clock: Clock },
): Promise<Date | undefined> {
  const arn = parseTargetGroupArn(subject);
  if (arn === undefined) throw new Error(`${subject} is not the ARN of a target group`);
  return await store.transaction().execute(async (tx) => {
    const group = await holdTargetGroup(tx, arn);
    if (!group) return undefined; // deleted since
    if (await removeDrainedTargets(tx, arn, clock.now().getTime())) await announceTargetGroup(tx, group);
    const next = await nextDrainedAt(tx, arn);
    return next === undefined ? undefined : new Date(next);
  });
}
