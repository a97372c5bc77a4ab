import { FACTS } from "#aws/facts.ts";
import type { Service } from "#aws/service.ts";
import type { NetworkRefusal } from "#domain/network/refusals.ts";
import { access, resourcesOf, tagging } from "./access.ts";
import { AssociateRouteTable } from "./associate-route-table.ts";
import { AttachInternetGateway } from "./attach-internet-gateway.ts";
import { AuthorizeSecurityGroupEgress } from "./authorize-security-group-egress.ts";
import { AuthorizeSecurityGroupIngress } from "./authorize-security-group-ingress.ts";
import { CreateDefaultSubnet } from "./create-default-subnet.ts";
import { CreateDefaultVpc } from "./create-default-vpc.ts";
import { CreateInternetGateway } from "./create-internet-gateway.ts";
import { CreateNetworkAclEntry } from "./create-network-acl-entry.ts";
import { CreateRoute } from "./create-route.ts";
import { CreateRouteTable } from "./create-route-table.ts";
import { CreateSecurityGroup } from "./create-security-group.ts";
import { CreateSubnet } from "./create-subnet.ts";
import { CreateTags } from "./create-tags.ts";
import { CreateVpc } from "./create-vpc.ts";
import { DeleteInternetGateway } from "./delete-internet-gateway.ts";
import { DeleteNetworkAclEntry } from "./delete-network-acl-entry.ts";
import { DeleteRoute } from "./delete-route.ts";
import { DeleteRouteTable } from "./delete-route-table.ts";
import { DeleteSecurityGroup } from "./delete-security-group.ts";
import { DeleteSubnet } from "./delete-subnet.ts";
import { DeleteTags } from "./delete-tags.ts";
import { DeleteVpc } from "./delete-vpc.ts";
import { DescribeAccountAttributes } from "./describe-account-attributes.ts";
import { DescribeAvailabilityZones } from "./describe-availability-zones.ts";
import { DescribeInstanceStatus } from "./describe-instance-status.ts";
import { DescribeInstances } from "./describe-instances.ts";
import { DescribeInternetGateways } from "./describe-internet-gateways.ts";
import { DescribeNetworkAcls } from "./describe-network-acls.ts";
import { DescribeNetworkInterfaces } from "./describe-network-interfaces.ts";
import { DescribeRegions } from "./describe-regions.ts";
import { DescribeRouteTables } from "./describe-route-tables.ts";
import { DescribeSecurityGroupRules } from "./describe-security-group-rules.ts";
import { DescribeSecurityGroups } from "./describe-security-groups.ts";
import { DescribeSubnets } from "./describe-subnets.ts";
import { DescribeTags } from "./describe-tags.ts";
import { DescribeVpcAttribute } from "./describe-vpc-attribute.ts";
import { DescribeVpcs } from "./describe-vpcs.ts";
import { DetachInternetGateway } from "./detach-internet-gateway.ts";
import { DisassociateRouteTable } from "./disassociate-route-table.ts";
import { refusals } from "./errors.ts";
import { type Ec2Sdk, sdk } from "./model.ts";
import { ModifySecurityGroupRules } from "./modify-security-group-rules.ts";
import { ModifySubnetAttribute } from "./modify-subnet-attribute.ts";
import { ModifyVpcAttribute } from "./modify-vpc-attribute.ts";
import type { Ec2Deps } from "./operation.ts";
import { ReplaceNetworkAclEntry } from "./replace-network-acl-entry.ts";
import { ReplaceRoute } from "./replace-route.ts";
import { ReplaceRouteTableAssociation } from "./replace-route-table-association.ts";
import { RevokeSecurityGroupEgress } from "./revoke-security-group-egress.ts";
import { RevokeSecurityGroupIngress } from "./revoke-security-group-ingress.ts";
import { rules } from "./rules.ts";
import { UpdateSecurityGroupRuleDescriptionsEgress } from "./update-security-group-rule-descriptions-egress.ts";
import { UpdateSecurityGroupRuleDescriptionsIngress } from "./update-security-group-rule-descriptions-ingress.ts";

/** Amazon EC2: the networks that load balancers stand in. One file per operation; this is the list of them. */
export const ec2: Service<Ec2Sdk, Ec2Deps, NetworkRefusal> = {
  name: "ec2",
  sdk,
  facts: FACTS.ec2,
  operations: {
    AssociateRouteTable,
    AttachInternetGateway,
    AuthorizeSecurityGroupEgress,
    AuthorizeSecurityGroupIngress,
    CreateDefaultSubnet,
    CreateDefaultVpc,
    CreateInternetGateway,
    CreateNetworkAclEntry,
    CreateRouteTable,
    CreateRoute,
    CreateSecurityGroup,
    CreateSubnet,
    CreateTags,
    CreateVpc,
    DeleteInternetGateway,
    DeleteNetworkAclEntry,
    DeleteRouteTable,
    DeleteRoute,
    DeleteSecurityGroup,
    DeleteSubnet,
    DeleteTags,
    DeleteVpc,
    DescribeAccountAttributes,
    DescribeAvailabilityZones,
    DescribeInstanceStatus,
    DescribeInstances,
    DescribeInternetGateways,
    DescribeNetworkAcls,
    DescribeNetworkInterfaces,
    DescribeRegions,
    DescribeRouteTables,
    DescribeSecurityGroupRules,
    DescribeSecurityGroups,
    DescribeSubnets,
    DescribeTags,
    DescribeVpcAttribute,
    DescribeVpcs,
    DetachInternetGateway,
    DisassociateRouteTable,
    ModifySecurityGroupRules,
    ModifySubnetAttribute,
    ModifyVpcAttribute,
    ReplaceNetworkAclEntry,
    ReplaceRouteTableAssociation,
    ReplaceRoute,
    RevokeSecurityGroupEgress,
    RevokeSecurityGroupIngress,
    UpdateSecurityGroupRuleDescriptionsEgress,
    UpdateSecurityGroupRuleDescriptionsIngress,
  },
  access,
  resourcesOf,
  tagging,
  rules,
  refusals,
};
