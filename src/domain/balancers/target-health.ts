import type { TargetReport } from "#domain/edge-config.ts";

/** What is known of one target when somebody asks for its health. */
export interface TargetFacts {
  readonly registered: boolean;
  /** Whether what its id names is there: a host may have been deregistered. */
  readonly somewhere: boolean;
  readonly draining: boolean;
  /** Whether a listener forwards to the target group. */
  readonly inUse: boolean;
  /** What the edges last said of it; none before they looked. */
  readonly reports: readonly SeenTarget[];
}

/** What one edge last said. */
export interface SeenTarget extends Pick<TargetReport, "state" | "reason" | "description"> {
  /** Whether the edge is still there: one that is not may see something else by now. */
  readonly current: boolean;
}

/** A state with its reason, in ELBv2's words. */
export interface TargetHealth {
  readonly state: TargetReport["state"] | "unavailable";
  readonly reason?: string;
  readonly description?: string;
}

/**
 * One answer from many observers: a target is as healthy as the edge that sees it best, for that edge sends it requests.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/check-target-health.html
 */
export function targetHealth({ registered, somewhere, draining, inUse, reports }: TargetFacts): TargetHealth {
  if (!registered) return NOT_REGISTERED;
  if (!inUse) return NOT_IN_USE;
  if (!somewhere) return NOWHERE;
  if (draining) return DRAINING;
  const current = reports.filter((report) => report.current);
  if (reports.length > 0 && current.length === 0) return UNAVAILABLE;
  const best = current.toSorted((a, b) => RANK[a.state] - RANK[b.state])[0];
  if (!best || RANK[best.state] > RANK.initial) return REGISTERING;
  const { state, reason, description } = best;
  return { state, ...(reason === undefined ? {} : { reason }), ...(description === undefined ? {} : { description }) };
}

/** A report that says draining or unused is older than the registration it is asked for. */
const RANK: Readonly<Record<TargetReport["state"], number>> = {
  healthy: 0,
  unhealthy: 1,
  initial: 2,
  draining: 3,
  unused: 4,
};

const NOT_REGISTERED: TargetHealth = {
  state: "unused",
  reason: "Target.NotRegistered",
  description: "Target is not registered to the target group",
};
const NOT_IN_USE: TargetHealth = {
  state: "unused",
  reason: "Target.NotInUse",
  description: "Target group is not configured to receive traffic from the load balancer",
};
const NOWHERE: TargetHealth = {
  state: "unused",
  reason: "Target.InvalidState",
  description: "Target is in the stopped or terminated state",
};
const DRAINING: TargetHealth = {
  state: "draining",
  reason: "Target.DeregistrationInProgress",
  description: "Target deregistration is in progress",
};
const REGISTERING: TargetHealth = {
  state: "initial",
  reason: "Elb.RegistrationInProgress",
  description: "Target registration is in progress",
};
const UNAVAILABLE: TargetHealth = {
  state: "unavailable",
  reason: "Elb.InternalError",
  description: "No edge that checks this target is connected to the control plane",
};
