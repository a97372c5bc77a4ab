import type { LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeCondition, EdgeTransform } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";
import type { OrderedAction } from "./actions.ts";
import type { ListenerArn, RuleArn } from "./arns.ts";
import { LISTENER_PROTOCOLS, type ListenerProtocol } from "./protocols.ts";

/** A rule of a listener, not its default rule, which is part of the listener. */
export interface Rule {
  readonly arn: RuleArn;
  readonly listenerArn: ListenerArn;
  readonly loadBalancerArn: LoadBalancerArn;
  /** 1 to 50,000; the lowest is asked first. */
  readonly priority: number;
  readonly conditions: readonly EdgeCondition[];
  readonly actions: readonly OrderedAction[];
  readonly transforms: readonly EdgeTransform[];
}

/** Throws `balancer-input-invalid` for a priority that no rule can have. */
export function checkPriority(priority: number): void {
  if (!(Number.isInteger(priority) && priority >= 1 && priority <= HIGHEST_PRIORITY)) {
    throw new Refusal(
      "balancer-input-invalid",
      `The priority '${priority}' must be between '1-${HIGHEST_PRIORITY}' inclusive`,
    );
  }
}

/** Throws `balancer-configuration-invalid` for listeners whose only rule is the default one. */
export function checkTakesRules(protocol: ListenerProtocol): void {
  if (LISTENER_PROTOCOLS[protocol].balancer === "network") {
    throw new Refusal(
      "balancer-configuration-invalid",
      "Listeners of Network Load Balancers have no rules here but the default one: AWS's choose by IPv4 and IPv6, and here all is IPv4",
    );
  }
}

export const HIGHEST_PRIORITY = 50_000;
