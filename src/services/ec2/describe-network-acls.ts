import { findAcls } from "#integrations/ec2/lists.ts";
import { aclMissing } from "#integrations/ec2/network-acls.ts";
import { listed } from "./describe.ts";
import { asking, type Ec2Operation } from "./operation.ts";
import { ACL_FILTERS, type AclView, shownAcl } from "./routing-views.ts";

/** Every VPC has the one that it was made with. https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_DescribeNetworkAcls.html */
export const DescribeNetworkAcls: Ec2Operation<"DescribeNetworkAcls"> = asking(async (input, look) => {
  const { NetworkAclIds: named = [] } = input;
  const isNamed = ({ NetworkAclId = "" }: AclView): boolean => named.length === 0 || named.includes(NetworkAclId);
  const found = new Set<string | undefined>();
  const { views, token } = await listed(input, {
    filters: ACL_FILTERS,
    // In the order of their VPCs.
    id: ({ VpcId }) => VpcId,
    list: async (after, limit) => {
      const page = (await findAcls({ after, limit }, look)).map(shownAcl);
      for (const { NetworkAclId } of page) found.add(NetworkAclId);
      return page;
    },
  });
  const lost = named.find((id) => !found.has(id));
  if (lost !== undefined) throw aclMissing(lost);
  return { NetworkAcls: views.filter(isNamed), NextToken: token };
});
