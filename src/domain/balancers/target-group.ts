import type { LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeHealthCheck } from "#domain/edge-config.ts";
import type { Owner } from "#domain/names.ts";
import { canonicalJson } from "#lib/canonical-json.ts";
import type { TargetGroupArn } from "./arns.ts";
import type { TargetProtocol } from "./protocols.ts";

/** What its creator decides about a target group. Targets are addresses; there are no instances, functions or VPCs here. */
export interface TargetGroupSettings {
  readonly name: string;
  readonly protocol: TargetProtocol;
  readonly port: number;
  readonly vpcId: string;
  readonly healthCheck: EdgeHealthCheck;
}

export interface TargetGroup extends TargetGroupSettings, Owner {
  readonly arn: TargetGroupArn;
  /** The one load balancer whose listeners forward to it. */
  readonly loadBalancerArn: LoadBalancerArn | undefined;
  /** What was set; the defaults stand in target-group-attributes.ts. */
  readonly attributes: Readonly<Record<string, string>>;
}

/** Whether two requests ask for the same target group. */
export function sameTargetGroup(a: TargetGroupSettings, b: TargetGroupSettings): boolean {
  const facts = ({ name, protocol, port, vpcId, healthCheck }: TargetGroupSettings): string =>
    canonicalJson({ name, protocol, port, vpcId, healthCheck });
  return facts(a) === facts(b);
}
