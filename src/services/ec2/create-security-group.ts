import { createSecurityGroup } from "#integrations/ec2/security-groups.ts";
import { tagNew } from "#integrations/ec2/tags.ts";
import { changing, type Ec2Operation } from "./operation.ts";
import { ec2Arn, readTagSpecifications, shownTags } from "./wire.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateSecurityGroup.html */
export const CreateSecurityGroup: Ec2Operation<"CreateSecurityGroup"> = changing(async (input, { tx, owner, ids }) => {
  const tags = readTagSpecifications(input.TagSpecifications, "security-group");
  const wanted = { name: input.GroupName, description: input.Description, vpcId: input.VpcId };
  const group = await createSecurityGroup(tx, wanted, owner, { ids });
  await tagNew(tx, { id: group.id, type: "security-group" }, tags, owner);
  return {
    GroupId: group.id,
    SecurityGroupArn: ec2Arn(group, "security-group", group.id),
    Tags: shownTags(tags),
  };
});
