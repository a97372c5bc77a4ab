import { deleteSubnet } from "#integrations/ec2/subnets.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const DeleteSubnet: Ec2Operation<"DeleteSubnet"> = changing(({ SubnetId }, { tx, owner }) =>
  deleteSubnet(tx, SubnetId, owner),
);
