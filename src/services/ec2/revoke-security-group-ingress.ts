import { changing, type Ec2Operation } from "./operation.ts";
import { revokeRules } from "./revoke.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html */
export const RevokeSecurityGroupIngress: Ec2Operation<"RevokeSecurityGroupIngress"> = changing((input, work) =>
  revokeRules(input, false, work),
);
