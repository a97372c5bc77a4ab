import type { EdgeHealthCheck, TargetReport } from "#domain/edge-config.ts";

/** What is known of a target from its health checks. */
export interface Health {
  readonly state: "initial" | "healthy" | "unhealthy";
  /** Successes in a row when it is not healthy, failures in a row when it is. */
  readonly streak: number;
  readonly failure?: Failure;
}

/** Why a check failed, in ELBv2's words. */
export interface Failure {
  readonly reason: "Target.ResponseCodeMismatch" | "Target.Timeout" | "Target.FailedHealthChecks";
  readonly description: string;
}

export const UNCHECKED: Health = { state: "initial", streak: 0 };

/** The health that another process reported, to go on from: its streak begins anew. */
export function reportedHealth({ state, reason, description = "" }: TargetReport): Health {
  if (state === "healthy") return { state, streak: 0 };
  if (state !== "unhealthy") return UNCHECKED;
  return { state, streak: 0, failure: { reason: reason as Failure["reason"], description } };
}

/** A target's health after one more check: `failure` is undefined when the check succeeded. */
export function afterCheck(
  before: Health,
  failure: Failure | undefined,
  { healthyThreshold, unhealthyThreshold }: Pick<EdgeHealthCheck, "healthyThreshold" | "unhealthyThreshold">,
): Health {
  const succeeded = failure === undefined;
  if (before.state === "healthy") {
    if (succeeded) return { state: "healthy", streak: 0 };
    const streak = before.streak + 1;
    return streak < unhealthyThreshold ? { state: "healthy", streak } : { state: "unhealthy", streak: 0, failure };
  }
  if (succeeded) {
    // One success is enough for a target that was just registered.
    const streak = before.state === "initial" ? healthyThreshold : before.streak + 1;
    return streak < healthyThreshold ? { ...before, streak } : { state: "healthy", streak: 0 };
  }
  const failures = before.state === "initial" ? before.streak + 1 : 0;
  const still = before.state === "initial" && failures < unhealthyThreshold;
  return still ? { state: "initial", streak: failures } : { state: "unhealthy", streak: 0, failure };
}

/** Whether a status, or a code of gRPC, is one of those in a matcher such as `200-299,301`. */
export function matches(matcher: string, status: number): boolean {
  return matcher.split(",").some((part) => {
    const [from, to] = part.split("-").map(Number);
    return from !== undefined && status >= from && status <= (to ?? from);
  });
}

/** What is said of the targets of a target group that no listener forwards to. */
export const UNUSED: Pick<TargetReport, "state" | "reason" | "description"> = {
  state: "unused",
  reason: "Target.NotInUse",
  description: "Target group is not configured to receive traffic from the load balancer",
};

/** Health in the words of DescribeTargetHealth. */
export function inWords(health: Health, draining: boolean): Pick<TargetReport, "state" | "reason" | "description"> {
  if (draining) {
    return {
      state: "draining",
      reason: "Target.DeregistrationInProgress",
      description: "Target deregistration is in progress",
    };
  }
  if (health.state === "healthy") return { state: "healthy" };
  if (health.state === "initial") {
    return {
      state: "initial",
      reason: "Elb.InitialHealthChecking",
      description: "Initial health checks in progress",
    };
  }
  return { state: "unhealthy", ...health.failure };
}
