import type { Owner } from "#domain/names.ts";
import { checkId } from "#domain/network/ids.ts";
import type { InternetGateway, RouteTable } from "#domain/network/routing.ts";
import type { SecurityGroup } from "#domain/network/security-group.ts";
import type { Subnet, Vpc } from "#domain/network/vpc.ts";
import { Refusal } from "#domain/refusal.ts";
import { findInternetGateway } from "#store/internet-gateways.ts";
import { findRouteTable } from "#store/route-tables.ts";
import { findSecurityGroup } from "#store/security-groups.ts";
import type { Db, Tx } from "#store/store.ts";
import { findSubnet } from "#store/subnets.ts";
import { findVpc, holdVpc } from "#store/vpcs.ts";

/** An owner's VPC. Throws `vpc-id-malformed`, `vpc-missing`. */
export async function vpcOf(db: Db, id: string, owner: Owner): Promise<Vpc> {
  checkId("vpc", id);
  return (await findVpc(db, owner, id)) ?? refuse(vpcMissing(id));
}

/** As `vpcOf`, and nobody else changes it or what is in it before the transaction ends. */
export async function heldVpc(tx: Tx, id: string, owner: Owner): Promise<Vpc> {
  checkId("vpc", id);
  return (await holdVpc(tx, owner, id)) ?? refuse(vpcMissing(id));
}

/** An owner's subnet. Throws `subnet-id-malformed`, `subnet-missing`. */
export async function subnetOf(db: Db, id: string, owner: Owner): Promise<Subnet> {
  checkId("subnet", id);
  return (await findSubnet(db, owner, id)) ?? refuse(subnetMissing(id));
}

/** As `subnetOf`, with its VPC held. */
export async function heldSubnet(tx: Tx, id: string, owner: Owner): Promise<Subnet> {
  await holdVpc(tx, owner, (await subnetOf(tx, id, owner)).vpcId);
  return await subnetOf(tx, id, owner);
}

/** An owner's security group. Throws `group-id-malformed`, `group-not-found`. */
export async function groupOf(db: Db, id: string, owner: Owner): Promise<SecurityGroup> {
  checkId("security-group", id);
  return (await findSecurityGroup(db, owner, id)) ?? refuse(groupMissing(id));
}

/** As `groupOf`, with its VPC held. */
export async function heldGroup(tx: Tx, id: string, owner: Owner): Promise<SecurityGroup> {
  await holdVpc(tx, owner, (await groupOf(tx, id, owner)).vpcId);
  return await groupOf(tx, id, owner);
}

/** An owner's internet gateway. Throws `gateway-not-found`. */
export async function gatewayOf(db: Db, id: string, owner: Owner): Promise<InternetGateway> {
  return (await findInternetGateway(db, owner, id)) ?? refuse(gatewayMissing(id));
}

/** An owner's route table. Throws `route-table-not-found`. */
export async function routeTableOf(db: Db, id: string, owner: Owner): Promise<RouteTable> {
  return (await findRouteTable(db, owner, id)) ?? refuse(routeTableMissing(id));
}

/** As `routeTableOf`, with its VPC held. */
export async function heldRouteTable(tx: Tx, id: string, owner: Owner): Promise<RouteTable> {
  await holdVpc(tx, owner, (await routeTableOf(tx, id, owner)).vpcId);
  return await routeTableOf(tx, id, owner);
}

export function vpcMissing(id: string): Refusal {
  return new Refusal("vpc-missing", `The vpc ID '${id}' does not exist`);
}

export function subnetMissing(id: string): Refusal {
  return new Refusal("subnet-missing", `The subnet ID '${id}' does not exist`);
}

export function groupMissing(id: string): Refusal {
  return new Refusal("group-not-found", `The security group '${id}' does not exist`);
}

export function gatewayMissing(id: string): Refusal {
  return new Refusal("gateway-not-found", `The internetGateway ID '${id.slice(0, 100)}' does not exist`);
}

export function routeTableMissing(id: string): Refusal {
  return new Refusal("route-table-not-found", `The routeTable ID '${id.slice(0, 100)}' does not exist`);
}

function refuse(refusal: Refusal): never {
  throw refusal;
}
