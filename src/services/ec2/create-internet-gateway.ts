import { createInternetGateway } from "#integrations/ec2/internet-gateways.ts";
import { tagNew } from "#integrations/ec2/tags.ts";
import { changing, type Ec2Operation } from "./operation.ts";
import { shownGateway } from "./routing-views.ts";
import { readTagSpecifications } from "./wire.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateInternetGateway.html */
export const CreateInternetGateway: Ec2Operation<"CreateInternetGateway"> = changing(
  async (input, { tx, owner, ids }) => {
    const tags = readTagSpecifications(input.TagSpecifications, "internet-gateway");
    const gateway = await createInternetGateway(tx, owner, { ids });
    await tagNew(tx, { id: gateway.id, type: "internet-gateway" }, tags, owner);
    return { InternetGateway: shownGateway(gateway, tags) };
  },
);
