import { detachInternetGateway } from "#integrations/ec2/internet-gateways.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const DetachInternetGateway: Ec2Operation<"DetachInternetGateway"> = changing(
  ({ InternetGatewayId, VpcId }, { tx, owner }) => detachInternetGateway(tx, InternetGatewayId, VpcId, owner),
);
