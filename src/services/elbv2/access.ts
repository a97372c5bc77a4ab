import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { type Access, regionalArn } from "#aws/access.ts";
import type { AccessRules, InputOf, Service, TaggingRules } from "#aws/service.ts";
import type { Owner } from "#domain/names.ts";
import { factsOf } from "#domain/policies/facts.ts";
import { Refusal } from "#domain/refusal.ts";
import { findTags } from "#integrations/elbv2/tags.ts";

const ARN = "elasticloadbalancing";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
export const access: AccessRules<typeof sdk, unknown> = {
  CreateLoadBalancer: (input, caller) => ({ resources: [balancer(input, caller)] }),
  CreateTargetGroup: ({ Name }, caller) => ({ resources: [regionalArn(ARN, caller, `targetgroup/${Name}/*`)] }),
  CreateTrustStore: ({ Name }, caller) => ({ resources: [regionalArn(ARN, caller, `truststore/${Name}/*`)] }),
};

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/userguide/tagging-resources-during-creation.html */
export const tagging: TaggingRules<typeof sdk> = {
  CreateListener: ({ LoadBalancerArn }) =>
    addTags("CreateListener", within(LoadBalancerArn, "loadbalancer", "listener")),
  CreateLoadBalancer: (input, caller) => addTags("CreateLoadBalancer", balancer(input, caller)),
  CreateRule: ({ ListenerArn }) => addTags("CreateRule", within(ListenerArn, "listener", "listener-rule")),
  CreateTargetGroup: ({ Name }, caller) =>
    addTags("CreateTargetGroup", regionalArn(ARN, caller, `targetgroup/${Name}/*`)),
  CreateTrustStore: ({ Name }, caller) => addTags("CreateTrustStore", regionalArn(ARN, caller, `truststore/${Name}/*`)),
};

function addTags(operation: string, resource: string): Access {
  return {
    action: `${ARN}:AddTags`,
    resources: [resource],
    facts: factsOf({ "elasticloadbalancing:CreateAction": operation }),
  };
}

/** The ARN of what is to be made within something, by that one's ARN. */
function within(arn: string, kind: string, made: string): string {
  return `${arn.replace(`:${kind}/`, `:${made}/`)}/*`;
}

function balancer({ Name, Type }: InputOf<typeof sdk, "CreateLoadBalancer">, owner: Owner): string {
  return regionalArn(ARN, owner, `loadbalancer/${Type === "network" ? "net" : "app"}/${Name}/*`);
}

export const tagsOf: NonNullable<Service<typeof sdk, Parameters<typeof findTags>[2]>["tagsOf"]> = async (
  arn,
  caller,
  deps,
) => {
  try {
    return (await findTags([arn], caller, deps)).flatMap(({ tags }) => tags);
  } catch (error) {
    if (error instanceof Refusal) return [];
    throw error;
  }
};
