import { authorizeRules } from "./authorize.ts";
import { changing, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_AuthorizeSecurityGroupIngress.html */
export const AuthorizeSecurityGroupIngress: Ec2Operation<"AuthorizeSecurityGroupIngress"> = changing((input, work) =>
  authorizeRules(input, false, work),
);
