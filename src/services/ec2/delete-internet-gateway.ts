import { deleteInternetGateway } from "#integrations/ec2/internet-gateways.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const DeleteInternetGateway: Ec2Operation<"DeleteInternetGateway"> = changing(
  ({ InternetGatewayId }, { tx, owner }) => deleteInternetGateway(tx, InternetGatewayId, owner),
);
