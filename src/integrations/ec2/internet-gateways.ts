import type { Owner } from "#domain/names.ts";
import { newId } from "#domain/network/ids.ts";
import { NETWORK_QUOTAS } from "#domain/network/quotas.ts";
import type { InternetGateway } from "#domain/network/routing.ts";
import { Refusal } from "#domain/refusal.ts";
import {
  gatewayOfVpc,
  insertInternetGateway,
  listInternetGateways,
  moveInternetGateway,
  removeInternetGateway,
} from "#store/internet-gateways.ts";
import { subnetsWithInterfaces } from "#store/network-interfaces.ts";
import { dropNetworkTags } from "#store/network-tags.ts";
import type { Tx } from "#store/store.ts";
import { owned } from "./default-network.ts";
import type { NetworkDeps } from "./deps.ts";
import { gatewayOf, heldVpc } from "./find.ts";

/** Throws `gateways-too-many`. */
export async function createInternetGateway(
  tx: Tx,
  owner: Owner,
  { ids }: Pick<NetworkDeps, "ids">,
): Promise<InternetGateway> {
  const most = NETWORK_QUOTAS.gatewaysPerRegion;
  if ((await listInternetGateways(tx, owner, { after: "", limit: most })).length >= most) {
    throw new Refusal("gateways-too-many", "The maximum number of internet gateways has been reached.");
  }
  const gateway = { ...owned(owner), id: newId("igw", ids), vpcId: undefined };
  await insertInternetGateway(tx, gateway);
  return gateway;
}

/** Throws `gateway-not-found`, `vpc-missing`, `already-associated` where either has another already. */
export async function attachInternetGateway(tx: Tx, id: string, vpcId: string, owner: Owner): Promise<void> {
  const vpc = await heldVpc(tx, vpcId, owner);
  const gateway = await gatewayOf(tx, id, owner);
  if ((await gatewayOfVpc(tx, vpc.id)) !== undefined) {
    throw new Refusal("already-associated", `Network ${vpc.id} already has an internet gateway attached`);
  }
  if (gateway.vpcId !== undefined || !(await moveInternetGateway(tx, id, { from: undefined, to: vpc.id }))) {
    throw new Refusal("already-associated", `resource ${id} is already attached to network ${gateway.vpcId}`);
  }
}

/** Throws `gateway-not-attached`, and `dependency` while a load balancer that faces the internet stands in the VPC. */
export async function detachInternetGateway(tx: Tx, id: string, vpcId: string, owner: Owner): Promise<void> {
  const vpc = await heldVpc(tx, vpcId, owner);
  const gateway = await gatewayOf(tx, id, owner);
  if (gateway.vpcId === vpc.id && (await subnetsWithInterfaces(tx, vpc.id, "internet-facing")).length > 0) {
    throw new Refusal(
      "dependency",
      `Network ${vpc.id} has some mapped public address(es). Please unmap those public address(es) before detaching the gateway.`,
    );
  }
  if (!(await moveInternetGateway(tx, id, { from: vpc.id, to: undefined }))) {
    throw new Refusal("gateway-not-attached", `resource ${id} is not attached to network ${vpc.id}`);
  }
}

/** Throws `gateway-not-found`, `dependency` while it is attached. */
export async function deleteInternetGateway(tx: Tx, id: string, owner: Owner): Promise<void> {
  const gateway = await gatewayOf(tx, id, owner);
  if (gateway.vpcId !== undefined) {
    throw new Refusal("dependency", `The internetGateway '${id}' has dependencies and cannot be deleted.`);
  }
  await removeInternetGateway(tx, id);
  await dropNetworkTags(tx, owner, [id]);
}
