import { changing, type Ec2Operation } from "./operation.ts";
import { updateDescriptions } from "./rule-descriptions.ts";

export const UpdateSecurityGroupRuleDescriptionsEgress: Ec2Operation<"UpdateSecurityGroupRuleDescriptionsEgress"> =
  changing((input, work) => updateDescriptions(input, true, work));
