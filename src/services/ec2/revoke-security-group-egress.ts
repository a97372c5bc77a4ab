import { changing, type Ec2Operation } from "./operation.ts";
import { revokeRules } from "./revoke.ts";

export const RevokeSecurityGroupEgress: Ec2Operation<"RevokeSecurityGroupEgress"> = changing((input, work) =>
  revokeRules(input, true, work),
);
