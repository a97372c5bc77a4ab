import { deleteTags } from "#integrations/ec2/tags.ts";
import { changing, type Ec2Operation } from "./operation.ts";

/** Without tags, all are taken away. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DeleteTags.html */
export const DeleteTags: Ec2Operation<"DeleteTags"> = changing(async ({ Resources, Tags }, { tx, owner }) => {
  const tags = Tags?.map(({ Key = "", Value }) => ({ key: Key, value: Value }));
  await deleteTags(tx, Resources, tags, owner);
});
