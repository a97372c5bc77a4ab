import { createDefaultSubnet } from "#integrations/ec2/subnets.ts";
import { absent, missing } from "./errors.ts";
import { changing, type Ec2Operation } from "./operation.ts";
import { shownSubnet } from "./vpc-views.ts";

/** https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateDefaultSubnet.html */
export const CreateDefaultSubnet: Ec2Operation<"CreateDefaultSubnet"> = changing(async (input, { tx, owner, ids }) => {
  absent({ Ipv6Native: input.Ipv6Native });
  const zone = input.AvailabilityZone ?? input.AvailabilityZoneId;
  if (zone === undefined) throw missing("availabilityZone");
  return { Subnet: shownSubnet(await createDefaultSubnet(tx, zone, owner, { ids }), undefined, 0) };
});
