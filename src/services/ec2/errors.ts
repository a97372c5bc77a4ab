import { AwsError, type ErrorName } from "#aws/service.ts";
import type { NetworkRefusal } from "#domain/network/refusals.ts";
import type { Ec2ErrorName } from "./error-names.ts";
import type { Ec2Sdk } from "./model.ts";

export const refusals: Readonly<Record<NetworkRefusal, ErrorName<Ec2Sdk>>> = {
  "acl-entries-too-many": "NetworkAclLimitExceeded",
  "acl-entry-exists": "NetworkAclEntryAlreadyExists",
  "acl-entry-not-found": "InvalidNetworkAclEntry.NotFound",
  "acl-not-found": "InvalidNetworkAclID.NotFound",
  "already-associated": "Resource.AlreadyAssociated",
  "association-not-found": "InvalidAssociationID.NotFound",
  "default-group-kept": "CannotDelete",
  "default-subnet-exists": "DefaultSubnetAlreadyExistsInAvailabilityZone",
  "default-vpc-exists": "DefaultVpcAlreadyExists",
  "default-vpc-none": "DefaultVpcDoesNotExist",
  dependency: "DependencyViolation",
  "gateway-not-attached": "Gateway.NotAttached",
  "gateway-not-found": "InvalidInternetGatewayID.NotFound",
  "gateways-too-many": "InternetGatewayLimitExceeded",
  "group-id-malformed": "InvalidGroupId.Malformed",
  "group-name-reserved": "InvalidGroup.Reserved",
  "group-name-used": "InvalidGroup.Duplicate",
  "group-not-found": "InvalidGroup.NotFound",
  "group-rule-exists": "InvalidPermission.Duplicate",
  "group-rule-id-malformed": "InvalidSecurityGroupRuleId.Malformed",
  "group-rule-id-not-found": "InvalidSecurityGroupRuleId.NotFound",
  "group-rule-malformed": "InvalidParameterValue",
  "group-rule-not-found": "InvalidPermission.NotFound",
  "group-rules-too-many": "RulesPerSecurityGroupLimitExceeded",
  "groups-too-many": "SecurityGroupLimitExceeded",
  "host-id-malformed": "InvalidInstanceID.Malformed",
  "host-not-found": "InvalidInstanceID.NotFound",
  "interface-not-found": "InvalidNetworkInterfaceID.NotFound",
  "network-combination-invalid": "InvalidParameterCombination",
  "network-id-unknown": "InvalidID",
  "network-parameter-missing": "MissingParameter",
  "network-tags-too-many": "TagLimitExceeded",
  "network-token-invalid": "InvalidNextToken",
  "network-value-invalid": "InvalidParameterValue",
  "prefix-list-not-found": "InvalidPrefixListID.NotFound",
  "route-exists": "RouteAlreadyExists",
  "route-not-found": "InvalidRoute.NotFound",
  "route-table-not-found": "InvalidRouteTableID.NotFound",
  "route-tables-too-many": "RouteTableLimitExceeded",
  "routes-too-many": "RouteLimitExceeded",
  "subnet-conflict": "InvalidSubnet.Conflict",
  "subnet-id-malformed": "InvalidSubnetID.Malformed",
  "subnet-missing": "InvalidSubnetID.NotFound",
  "subnet-range-invalid": "InvalidSubnet.Range",
  "subnets-too-many": "SubnetLimitExceeded",
  "vpc-id-malformed": "InvalidVpcID.Malformed",
  "vpc-missing": "InvalidVpcID.NotFound",
  "vpc-not-specified": "VPCIdNotSpecified",
  "vpc-range-invalid": "InvalidVpc.Range",
  "vpcs-too-many": "VpcLimitExceeded",
};

export function ec2Error(name: Ec2ErrorName, message: string): AwsError {
  return new AwsError(name, message);
}

/** `The request must contain the parameter subnetId` */
export function missing(parameter: string): AwsError {
  return ec2Error("MissingParameter", `The request must contain the parameter ${parameter}`);
}

/** What EC2 has, and networks here have not: it is refused rather than forgotten. */
export function absent(parameters: Readonly<Record<string, unknown>>): void {
  for (const [name, value] of Object.entries(parameters)) {
    if (value === undefined || value === false || (Array.isArray(value) && value.length === 0)) continue;
    throw ec2Error(
      "InvalidParameterValue",
      `The parameter ${name} is not supported: there is nothing of that kind here`,
    );
  }
}
