import { authorizeRules } from "./authorize.ts";
import { changing, type Ec2Operation } from "./operation.ts";

/** Egress rules are kept and shown; what load balancers send is theirs. */
export const AuthorizeSecurityGroupEgress: Ec2Operation<"AuthorizeSecurityGroupEgress"> = changing((input, work) =>
  authorizeRules(input, true, work),
);
