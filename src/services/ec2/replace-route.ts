import { replaceRoute } from "#integrations/ec2/route-tables.ts";
import { readRoute } from "./given-route.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const ReplaceRoute: Ec2Operation<"ReplaceRoute"> = changing((input, { tx, owner }) =>
  replaceRoute(tx, readRoute(input), owner),
);
