import { createRoute } from "#integrations/ec2/route-tables.ts";
import { readRoute } from "./given-route.ts";
import { changing, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateRoute.html */
export const CreateRoute: Ec2Operation<"CreateRoute"> = changing(async (input, { tx, owner }) => {
  await createRoute(tx, readRoute(input), owner);
  return { Return: true };
});
