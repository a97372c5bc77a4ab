import { findRouteTables } from "#integrations/ec2/lists.ts";
import { createRouteTable } from "#integrations/ec2/route-tables.ts";
import { tagNew } from "#integrations/ec2/tags.ts";
import { changing, type Ec2Operation } from "./operation.ts";
import { shownRouteTable } from "./routing-views.ts";
import { readTagSpecifications } from "./wire.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRouteTable.html */
export const CreateRouteTable: Ec2Operation<"CreateRouteTable"> = changing(async (input, { tx, owner, ids }) => {
  const tags = readTagSpecifications(input.TagSpecifications, "route-table");
  const { id } = await createRouteTable(tx, input.VpcId, owner, { ids });
  await tagNew(tx, { id, type: "route-table" }, tags, owner);
  const [made] = await findRouteTables({ ids: [id], after: "", limit: 1 }, { db: tx, owner });
  return made ? { RouteTable: shownRouteTable(made) } : {};
});
