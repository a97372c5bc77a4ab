import type { Rule, Rules } from "#aws/rules.ts";

const page = (least: number): Rule => ({ min: least, max: 1000 });

/** What EC2 asks of its members beyond their types (https://docs.aws.amazon.com/AWSEC2/latest/APIReference). */
export const rules: Rules = {
  MaxResults: page(5),
  FromPort: { min: -1, max: 65_535 },
  ToPort: { min: -1, max: 65_535 },
  RuleNumber: { min: 0, max: 32_766 },
  Filters: { max: 200 },
  IpPermissions: { max: 1000 },
  SecurityGroupRules: { max: 1000 },
  SecurityGroupRuleIds: { max: 1000 },
  SecurityGroupRuleDescriptions: { max: 1000 },
  "CreateTagsRequest.Resources": { min: 1, max: 1000 },
  "CreateTagsRequest.Tags": { min: 1, max: 50 },
  "DeleteTagsRequest.Resources": { min: 1, max: 1000 },
  "DeleteTagsRequest.Tags": { max: 50 },
};
