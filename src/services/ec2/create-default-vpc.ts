import { createDefaultVpc } from "#integrations/ec2/vpcs.ts";
import { changing, type Ec2Operation } from "./operation.ts";
import { shownVpc } from "./vpc-views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultVpc.html */
export const CreateDefaultVpc: Ec2Operation<"CreateDefaultVpc"> = changing(async (_input, { tx, owner, ids }) => ({
  Vpc: shownVpc(await createDefaultVpc(tx, owner, { ids }), undefined),
}));
