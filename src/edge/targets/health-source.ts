import type { EdgeTarget, EdgeTargetGroup } from "#domain/edge-config.ts";

/** Who knows the health of targets: the board that checks them, or one that is told by the process that does. */
export interface HealthSource {
  /** Whether requests may be sent there. Targets that are not checked are healthy. */
  isHealthy(group: EdgeTargetGroup, target: EdgeTarget): boolean;
  /** Tells when that changes for targets of a target group; answers the way to stop that. */
  onHealth(act: (targetGroupArn: string) => void): () => void;
}
