import { changing, type Ec2Operation } from "./operation.ts";
import { updateDescriptions } from "./rule-descriptions.ts";

export const UpdateSecurityGroupRuleDescriptionsIngress: Ec2Operation<"UpdateSecurityGroupRuleDescriptionsIngress"> =
  changing((input, work) => updateDescriptions(input, false, work));
