import { NETWORK_QUOTAS } from "#domain/network/quotas.ts";
import { defaultVpc } from "#integrations/ec2/lists.ts";
import { ec2Error } from "./errors.ts";
import { asking, type Ec2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeAccountAttributes.html */
export const DescribeAccountAttributes: Ec2Operation<"DescribeAccountAttributes"> = asking(async (input, look) => {
  const attributes: Readonly<Record<string, string>> = {
    "default-vpc": (await defaultVpc(look))?.id ?? "none",
    "max-instances": String(NETWORK_QUOTAS.hostsPerRegion),
    "supported-platforms": "VPC",
    "vpc-max-security-groups-per-interface": String(NETWORK_QUOTAS.groupsPerInterface),
  };
  const names = input.AttributeNames ?? Object.keys(attributes);
  return {
    AccountAttributes: names.map((name) => {
      const value = Object.hasOwn(attributes, name) ? attributes[name] : undefined;
      if (value === undefined) {
        throw ec2Error(
          "InvalidParameterValue",
          `Value (${name.slice(0, 100)}) for parameter attributeName is invalid.`,
        );
      }
      return { AttributeName: name, AttributeValues: [{ AttributeValue: value }] };
    }),
  };
});
