import { deleteVpc } from "#integrations/ec2/vpcs.ts";
import { changing, type Ec2Operation } from "./operation.ts";

export const DeleteVpc: Ec2Operation<"DeleteVpc"> = changing(({ VpcId }, { tx, owner }) => deleteVpc(tx, VpcId, owner));
