import { attachInternetGateway } from "#integrations/ec2/internet-gateways.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const AttachInternetGateway: Ec2Operation<"AttachInternetGateway"> = changing(
  ({ InternetGatewayId, VpcId }, { tx, owner }) => attachInternetGateway(tx, InternetGatewayId, VpcId, owner),
);
