import type { Owner } from "#domain/names.ts";
import { parseBlock, parseBlock6 } from "#domain/network/cidr.ts";
import { newId } from "#domain/network/ids.ts";
import { NETWORK_QUOTAS } from "#domain/network/quotas.ts";
import type { Route, RouteTable, RouteTableAssociation } from "#domain/network/routing.ts";
import { Refusal } from "#domain/refusal.ts";
import { listInterfaces } from "#store/network-interfaces.ts";
import { dropNetworkTags } from "#store/network-tags.ts";
import {
  associationOfSubnet,
  associationsOf,
  findAssociation,
  findRouteTable,
  insertAssociation,
  insertRoute,
  insertRouteTable,
  moveAssociation,
  removeAssociation,
  removeRoute,
  removeRouteTable,
  routesOf,
  routeTablesOfVpc,
  setRouteTarget,
} from "#store/route-tables.ts";
import type { Tx } from "#store/store.ts";
import { holdVpc } from "#store/vpcs.ts";
import { owned } from "./default-network.ts";
import type { NetworkDeps } from "./deps.ts";
import { gatewayOf, heldRouteTable, heldSubnet, heldVpc } from "./find.ts";

type IdDeps = Pick<NetworkDeps, "ids">;

/** Makes a table with the route within its VPC. Throws `vpc-missing`, `route-tables-too-many`. */
export async function createRouteTable(tx: Tx, vpcId: string, owner: Owner, { ids }: IdDeps): Promise<RouteTable> {
  const vpc = await heldVpc(tx, vpcId, owner);
  if ((await routeTablesOfVpc(tx, vpcId)).length >= NETWORK_QUOTAS.routeTablesPerVpc) {
    throw new Refusal("route-tables-too-many", "The maximum number of route tables has been reached.");
  }
  const table = { ...owned(owner), id: newId("rtb", ids), vpcId };
  await insertRouteTable(tx, table);
  await insertRoute(tx, table.id, {
    destination: vpc.cidrBlock,
    targetKind: "local",
    target: "local",
    origin: "CreateRouteTable",
  });
  return table;
}

/** Throws `route-table-not-found`, `dependency` while a subnet uses it, or for the main table of a VPC. */
export async function deleteRouteTable(tx: Tx, id: string, owner: Owner): Promise<void> {
  await heldRouteTable(tx, id, owner);
  if ((await associationsOf(tx, [id])).length > 0) {
    throw new Refusal("dependency", `The routeTable '${id}' has dependencies and cannot be deleted.`);
  }
  await removeRouteTable(tx, id);
  await dropNetworkTags(tx, owner, [id]);
}

/** What a request says of a route. */
export interface GivenRoute {
  readonly routeTableId: string;
  readonly destination: string | undefined;
  readonly gatewayId: string | undefined;
  readonly networkInterfaceId: string | undefined;
}

/** Adds a route. Throws `route-exists`, `routes-too-many`, `network-value-invalid`, and not-found refusals. */
export async function createRoute(tx: Tx, given: GivenRoute, owner: Owner): Promise<void> {
  const table = await heldRouteTable(tx, given.routeTableId, owner);
  const destination = readDestination(given.destination);
  const target = await readTarget(tx, given, table, owner);
  const present = await routesOf(tx, [table.id]);
  if (present.length >= NETWORK_QUOTAS.routesPerTable) {
    throw new Refusal("routes-too-many", "The maximum number of routes has been reached.");
  }
  if (!(await insertRoute(tx, table.id, { destination, ...target, origin: "CreateRoute" }))) {
    throw new Refusal("route-exists", `The route identified by ${destination} already exists.`);
  }
}

/** Gives a route another target. Throws `route-not-found` and as `createRoute`. */
export async function replaceRoute(tx: Tx, given: GivenRoute, owner: Owner): Promise<void> {
  const table = await heldRouteTable(tx, given.routeTableId, owner);
  const route = await routeOf(tx, table, readDestination(given.destination));
  await setRouteTarget(tx, table.id, { ...route, ...(await readTarget(tx, given, table, owner)) });
}

/** Throws `route-not-found`, `network-value-invalid` for the route within the VPC. */
export async function deleteRoute(
  tx: Tx,
  { routeTableId, destination }: Pick<GivenRoute, "routeTableId" | "destination">,
  owner: Owner,
): Promise<void> {
  const table = await heldRouteTable(tx, routeTableId, owner);
  const route = await routeOf(tx, table, readDestination(destination));
  if (route.targetKind === "local") {
    throw new Refusal(
      "network-value-invalid",
      `cannot remove local route ${route.destination} in route table ${table.id}`,
    );
  }
  await removeRoute(tx, table.id, route.destination);
}

/**
 * Gives a subnet a table of its own; doing so again answers the same. Throws `already-associated` where it has another,
 * and not-found refusals.
 */
export async function associateRouteTable(
  tx: Tx,
  { routeTableId, subnetId }: { readonly routeTableId: string; readonly subnetId: string },
  owner: Owner,
  { ids }: IdDeps,
): Promise<string> {
  const table = await heldRouteTable(tx, routeTableId, owner);
  const subnet = await heldSubnet(tx, subnetId, owner);
  if (subnet.vpcId !== table.vpcId) throw differentNetworks(table.id, subnet.id);
  const present = await associationOfSubnet(tx, subnet.id);
  if (present?.routeTableId === table.id) return present.id;
  const id = newId("rtbassoc", ids);
  const association = { id, routeTableId: table.id, vpcId: table.vpcId, subnetId: subnet.id };
  if (present || !(await insertAssociation(tx, association))) {
    throw new Refusal(
      "already-associated",
      `the specified association for route table ${present?.routeTableId} conflicts with an existing association`,
    );
  }
  return id;
}

/** The subnet goes back to the main table. Throws `association-not-found`, `network-value-invalid` for the main one. */
export async function disassociateRouteTable(tx: Tx, associationId: string, owner: Owner): Promise<void> {
  const association = await heldAssociation(tx, associationId, owner);
  if (association.subnetId === undefined) {
    throw new Refusal("network-value-invalid", `cannot disassociate the main route table association ${associationId}`);
  }
  await removeAssociation(tx, associationId);
}

/** Gives a subnet, or the VPC as its main one, another table; the association's new id. Throws `association-not-found`. */
export async function replaceAssociation(
  tx: Tx,
  { associationId, routeTableId }: { readonly associationId: string; readonly routeTableId: string },
  owner: Owner,
  { ids }: IdDeps,
): Promise<string> {
  const association = await heldAssociation(tx, associationId, owner);
  const table = await heldRouteTable(tx, routeTableId, owner);
  if (association.vpcId !== table.vpcId) throw differentNetworks(table.id, association.vpcId);
  const id = newId("rtbassoc", ids);
  await moveAssociation(tx, associationId, { id, routeTableId: table.id });
  return id;
}

async function heldAssociation(tx: Tx, id: string, owner: Owner): Promise<RouteTableAssociation> {
  const found = await findAssociation(tx, id);
  const table = found && (await findRouteTable(tx, owner, found.routeTableId));
  if (table) await holdVpc(tx, owner, table.vpcId);
  const association = table && (await findAssociation(tx, id));
  if (association) return association;
  throw new Refusal("association-not-found", `The association ID '${id.slice(0, 100)}' does not exist`);
}

async function routeOf(tx: Tx, table: RouteTable, destination: string): Promise<Route> {
  const route = (await routesOf(tx, [table.id])).find((each) => each.destination === destination);
  if (route) return route;
  throw new Refusal(
    "route-not-found",
    `no route with destination-cidr-block ${destination} in route table ${table.id}`,
  );
}

function readDestination(text: string | undefined): string {
  if (text === undefined) {
    throw new Refusal("network-parameter-missing", "The request must contain the parameter destinationCidrBlock");
  }
  const block = parseBlock(text)?.text ?? parseBlock6(text);
  if (block !== undefined) return block;
  throw new Refusal(
    "network-value-invalid",
    `Value (${text.slice(0, 100)}) for parameter destinationCidrBlock is invalid. This is not a valid CIDR block.`,
  );
}

async function readTarget(
  tx: Tx,
  { gatewayId, networkInterfaceId }: GivenRoute,
  table: RouteTable,
  owner: Owner,
): Promise<Pick<Route, "targetKind" | "target">> {
  if ((gatewayId === undefined) === (networkInterfaceId === undefined)) {
    throw new Refusal(
      "network-combination-invalid",
      "The request must contain exactly one of gatewayId, natGatewayId, networkInterfaceId, vpcPeeringConnectionId, egressOnlyInternetGatewayId, transitGatewayId, localGatewayId, or vpcEndpointId; here gatewayId or networkInterfaceId",
    );
  }
  if (networkInterfaceId !== undefined) {
    const [found] = await listInterfaces(tx, owner, { ids: [networkInterfaceId], after: "", limit: 1 });
    if (found?.vpcId === table.vpcId) return { targetKind: "network-interface", target: found.id };
    throw new Refusal("interface-not-found", `The networkInterface ID '${networkInterfaceId}' does not exist`);
  }
  const gateway = await gatewayOf(tx, gatewayId ?? "", owner);
  if (gateway.vpcId !== table.vpcId) throw differentNetworks(table.id, gateway.id);
  return { targetKind: "internet-gateway", target: gateway.id };
}

function differentNetworks(one: string, other: string): Refusal {
  return new Refusal("network-value-invalid", `route table ${one} and ${other} belong to different networks`);
}
