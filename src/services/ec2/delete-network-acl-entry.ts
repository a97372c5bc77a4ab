import { deleteAclEntry } from "#integrations/ec2/network-acls.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const DeleteNetworkAclEntry: Ec2Operation<"DeleteNetworkAclEntry"> = changing(
  ({ NetworkAclId, Egress, RuleNumber }, { tx, owner }) =>
    deleteAclEntry(tx, NetworkAclId, { egress: Egress, ruleNumber: RuleNumber }, owner),
);
