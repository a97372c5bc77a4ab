import { changeVpc } from "#integrations/ec2/vpcs.ts";
import { ec2Error } from "./errors.ts";
import { changing, type Ec2Operation } from "./operation.ts";

/** One attribute a call. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_ModifyVpcAttribute.html */
export const ModifyVpcAttribute: Ec2Operation<"ModifyVpcAttribute"> = changing(async (input, { tx, owner }) => {
  const changes = {
    dnsSupport: input.EnableDnsSupport?.Value,
    dnsHostnames: input.EnableDnsHostnames?.Value,
    addressUsageMetrics: input.EnableNetworkAddressUsageMetrics?.Value,
  };
  const said = Object.entries(changes).filter(([, value]) => value !== undefined);
  if (said.length !== 1) {
    throw ec2Error("InvalidParameterCombination", "Exactly one attribute must be specified in a call");
  }
  await changeVpc(tx, input.VpcId, Object.fromEntries(said), owner);
});
