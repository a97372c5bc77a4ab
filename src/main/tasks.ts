import { DESTROY_TASK, destroyKey } from "#custody/key-state.ts";
import { FORGET_DRAINED, forgetDrainedTargets } from "#integrations/elbv2/forget-drained.ts";
import type { Task } from "#jobs/worker.ts";
import { advanceCertificate } from "#lifecycle/advance.ts";
import { ADVANCE } from "#lifecycle/advance-job.ts";
import type { World } from "./world.ts";

/** Every kind of background work, by the name under which it is promised. */
export function tasks(world: World): Readonly<Record<string, Task>> {
  return {
    [ADVANCE]: (arn) => advanceCertificate(arn as Parameters<typeof advanceCertificate>[0], world),
    [FORGET_DRAINED]: (arn) => forgetDrainedTargets(arn, world),
    [DESTROY_TASK]: (keyId) => destroyKey(keyId, world),
  };
}
