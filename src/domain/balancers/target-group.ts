import type { LoadBalancerArn } from "#domain/arn.ts";
import type { EdgeHealthCheck, EdgeTargetGroup } from "#domain/edge-config.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { canonicalJson } from "#lib/canonical-json.ts";
import type { TargetGroupArn } from "./arns.ts";
import { isHttp, type TargetProtocol } from "./protocols.ts";

/** What targets are named by: an address, an instance's id or a load balancer's ARN. */
export type TargetType = EdgeTargetGroup["targetType"];
export type ProtocolVersion = EdgeTargetGroup["protocolVersion"];

/** What decides what else a target group can have. */
export interface TargetGroupKind {
  readonly protocol: TargetProtocol;
  /** For HTTP and HTTPS; `HTTP1` for all others. */
  readonly protocolVersion: ProtocolVersion;
  readonly targetType: TargetType;
}

/** What its creator decides about a target group. */
export interface TargetGroupSettings extends TargetGroupKind {
  readonly name: string;
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

/** Throws `balancer-configuration-invalid` for a protocol, version and target type that do not go together. */
export function checkKind({ protocol, protocolVersion, targetType }: TargetGroupKind): void {
  if (protocolVersion !== "HTTP1" && !isHttp(protocol)) {
    throw new Refusal(
      "balancer-configuration-invalid",
      `The protocol version '${protocolVersion}' is not supported for target groups with the '${protocol}' protocol`,
    );
  }
  if (targetType === "alb" && protocol !== "TCP") {
    throw new Refusal(
      "balancer-configuration-invalid",
      `Target type 'alb' is not supported for target groups with the '${protocol}' protocol: use TCP`,
    );
  }
}

/** Whether two requests ask for the same target group. */
export function sameTargetGroup(a: TargetGroupSettings, b: TargetGroupSettings): boolean {
  const facts = (settings: TargetGroupSettings): string => {
    const { name, protocol, protocolVersion, targetType, port, vpcId, healthCheck } = settings;
    return canonicalJson({ name, protocol, protocolVersion, targetType, port, vpcId, healthCheck });
  };
  return facts(a) === facts(b);
}
