import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { regionalArn } from "#aws/access.ts";
import type { AccessRules, Service } from "#aws/service.ts";
import { Refusal } from "#domain/refusal.ts";
import { findTags } from "#integrations/elbv2/tags.ts";

const ARN = "elasticloadbalancing";

/** https://docs.aws.amazon.com/service-authorization/latest/reference/list_awselasticloadbalancingv2.html */
export const access: AccessRules<typeof sdk, unknown> = {
  CreateLoadBalancer: ({ Name, Type }, caller) => {
    const kind = Type === "network" ? "net" : "app";
    return { resources: [regionalArn(ARN, caller, `loadbalancer/${kind}/${Name}/*`)] };
  },
  CreateTargetGroup: ({ Name }, caller) => ({ resources: [regionalArn(ARN, caller, `targetgroup/${Name}/*`)] }),
  CreateTrustStore: ({ Name }, caller) => ({ resources: [regionalArn(ARN, caller, `truststore/${Name}/*`)] }),
};

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
