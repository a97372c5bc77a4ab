import { deleteRoute } from "#integrations/ec2/route-tables.ts";
import { absent } from "./errors.ts";
import { readDestination } from "./given-route.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const DeleteRoute: Ec2Operation<"DeleteRoute"> = changing(async (input, { tx, owner }) => {
  absent({ destinationPrefixListId: input.DestinationPrefixListId });
  await deleteRoute(tx, { routeTableId: input.RouteTableId, destination: readDestination(input) }, owner);
});
