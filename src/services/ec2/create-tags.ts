import { createTags } from "#integrations/ec2/tags.ts";
import { changing, type Ec2Operation } from "./operation.ts";
import { readTag } from "./wire.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateTags.html */
export const CreateTags: Ec2Operation<"CreateTags"> = changing(({ Resources, Tags }, { tx, owner }) =>
  createTags(tx, Resources, Tags.map(readTag), owner),
);
