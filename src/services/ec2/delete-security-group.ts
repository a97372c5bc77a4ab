import { deleteSecurityGroup } from "#integrations/ec2/security-groups.ts";
import { changing, type Ec2Operation } from "./operation.ts";
import { readGroupId } from "./permissions.ts";

/** By id or, in the default VPC, by name. */
export const DeleteSecurityGroup: Ec2Operation<"DeleteSecurityGroup"> = changing(async (input, work) => {
  const id = await readGroupId(input, work);
  await deleteSecurityGroup(work.tx, id, work.owner);
  return { Return: true, GroupId: id };
});
