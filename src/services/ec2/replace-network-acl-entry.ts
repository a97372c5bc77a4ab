import { changeAclEntry } from "#integrations/ec2/network-acls.ts";
import { readEntry } from "./acl-entry.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const ReplaceNetworkAclEntry: Ec2Operation<"ReplaceNetworkAclEntry"> = changing((input, { tx, owner }) =>
  changeAclEntry(tx, input.NetworkAclId, readEntry(input), owner),
);
