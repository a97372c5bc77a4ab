import { type LoadBalancerArn, parseArn } from "#domain/arn.ts";
import type { Named, Owner } from "#domain/names.ts";
import type { BalancerType } from "#domain/tls/policies.ts";

export type ListenerArn = Named<"ListenerArn">;
export type RuleArn = Named<"RuleArn">;
export type TargetGroupArn = Named<"TargetGroupArn">;
export type TrustStoreArn = Named<"TrustStoreArn">;

/** How ARNs of Elastic Load Balancing abbreviate a type. */
export const ARN_TYPES: Readonly<Record<BalancerType, "app" | "net">> = { application: "app", network: "net" };

/** `…:listener/app/web/<load balancer>/<id>`; `id` is 16 hexadecimal digits. */
export function listenerArn(loadBalancer: LoadBalancerArn, id: string): ListenerArn {
  return `${loadBalancer.replace(":loadbalancer/", ":listener/")}/${id}` as ListenerArn;
}

/** A rule of a listener: `…:listener-rule/app/web/<load balancer>/<listener>/<id>`. */
export function ruleArn(listener: ListenerArn, id: string): RuleArn {
  return `${listener.replace(":listener/", ":listener-rule/")}/${id}` as RuleArn;
}

export function targetGroupArn(owner: Owner, name: string, id: string): TargetGroupArn {
  return `arn:aws:elasticloadbalancing:${owner.region}:${owner.account}:targetgroup/${name}/${id}` as TargetGroupArn;
}

export function trustStoreArn(owner: Owner, name: string, id: string): TrustStoreArn {
  return `arn:aws:elasticloadbalancing:${owner.region}:${owner.account}:truststore/${name}/${id}` as TrustStoreArn;
}

/** The listener that a rule is of. */
export function listenerOfRule(rule: RuleArn): ListenerArn {
  return rule.slice(0, rule.lastIndexOf("/")).replace(":listener-rule/", ":listener/") as ListenerArn;
}

export const parseLoadBalancerArn: (text: string) => LoadBalancerArn | undefined = parser(
  /^loadbalancer\/(app|net)\/[\w-]+\/[0-9a-f]+$/,
);
export const parseListenerArn: (text: string) => ListenerArn | undefined = parser(
  /^listener\/(app|net)\/[\w-]+\/[0-9a-f]+\/[0-9a-f]+$/,
);
export const parseRuleArn: (text: string) => RuleArn | undefined = parser(
  /^listener-rule\/(app|net)\/[\w-]+\/[0-9a-f]+\/[0-9a-f]+\/[0-9a-f]+$/,
);
export const parseTargetGroupArn: (text: string) => TargetGroupArn | undefined = parser(
  /^targetgroup\/[\w-]+\/[0-9a-f]+$/,
);
export const parseTrustStoreArn: (text: string) => TrustStoreArn | undefined = parser(
  /^truststore\/[\w-]+\/[0-9a-f]+$/,
);

function parser<Arn extends string>(resource: RegExp): (text: string) => Arn | undefined {
  return (text) => {
    const arn = parseArn(text);
    const ours = arn?.service === "elasticloadbalancing" && arn.region !== undefined && arn.account !== undefined;
    return ours && resource.test(arn.resource) ? (text as Arn) : undefined;
  };
}
