import { vpcOf } from "#integrations/ec2/find.ts";
import { ec2Error } from "./errors.ts";
import { asking, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeVpcAttribute.html */
export const DescribeVpcAttribute: Ec2Operation<"DescribeVpcAttribute"> = asking(async (input, { db, owner }) => {
  const vpc = await vpcOf(db, input.VpcId, owner);
  switch (input.Attribute) {
    case "enableDnsSupport":
      return { VpcId: vpc.id, EnableDnsSupport: { Value: vpc.dnsSupport } };
    case "enableDnsHostnames":
      return { VpcId: vpc.id, EnableDnsHostnames: { Value: vpc.dnsHostnames } };
    case "enableNetworkAddressUsageMetrics":
      return { VpcId: vpc.id, EnableNetworkAddressUsageMetrics: { Value: vpc.addressUsageMetrics } };
    default:
      throw ec2Error("InvalidParameterValue", `Value (${String(input.Attribute)}) for parameter attribute is invalid.`);
  }
});
