import { createAclEntry } from "#integrations/ec2/network-acls.ts";
import { readEntry } from "./acl-entry.ts";
import { changing, type Ec2Operation } from "./operation.ts";

/** Entries are kept and shown; no edge asks them. */
export const CreateNetworkAclEntry: Ec2Operation<"CreateNetworkAclEntry"> = changing((input, { tx, owner }) =>
  createAclEntry(tx, input.NetworkAclId, readEntry(input), owner),
);
