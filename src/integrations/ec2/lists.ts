import type { AclEntry, InternetGateway, Route, RouteTable, RouteTableAssociation } from "#domain/network/routing.ts";
import type { GroupRule, SecurityGroup } from "#domain/network/security-group.ts";
import type { NetworkTag } from "#domain/network/tags.ts";
import type { Subnet, Vpc } from "#domain/network/vpc.ts";
import { listHosts } from "#store/hosts.ts";
import { listInternetGateways } from "#store/internet-gateways.ts";
import { aclEntriesOf } from "#store/network-acls.ts";
import { listInterfaces, type ShownInterface } from "#store/network-interfaces.ts";
import { type KeptNetworkTag, listNetworkTags, tagsOf } from "#store/network-tags.ts";
import type { OwnedPage } from "#store/owned-page.ts";
import { associationsOf, listRouteTables, routesOf } from "#store/route-tables.ts";
import { listGroupRules, rulesOfGroups } from "#store/security-group-rules.ts";
import { type GroupPage, groupsOfLoadBalancer, listSecurityGroups } from "#store/security-groups.ts";
import { countAddressesUsed, listSubnets, subnetsOfVpc } from "#store/subnets.ts";
import { findDefaultVpc, listVpcs } from "#store/vpcs.ts";
import type { TaggedHost } from "./hosts.ts";
import type { NetworkLook } from "./work.ts";

// The things of an owner as they are shown, a page at a time in the order of their ids, each with its tags.

type Look = Pick<NetworkLook, "db" | "owner">;
type Page = OwnedPage;
type OfVpcs = Page & { readonly vpcIds?: readonly string[] | undefined };

/** A thing with its tags. */
export interface Tagged<Thing> {
  readonly thing: Thing;
  readonly tags: readonly NetworkTag[];
}

export async function findVpcs(page: Page, { db, owner }: Look): Promise<readonly Tagged<Vpc>[]> {
  return await tagged(await listVpcs(db, owner, page), ({ id }) => id, { db, owner });
}

/** The default VPC; undefined when it was deleted. */
export async function defaultVpc({ db, owner }: Look): Promise<Vpc | undefined> {
  return await findDefaultVpc(db, owner);
}

export async function findSubnets(
  page: OfVpcs,
  { db, owner }: Look,
): Promise<readonly (Tagged<Subnet> & { readonly used: number })[]> {
  const subnets = await listSubnets(db, owner, page);
  const used = await countAddressesUsed(
    db,
    subnets.map(({ id }) => id),
  );
  const found = await tagged(subnets, ({ id }) => id, { db, owner });
  return found.map((each) => ({ ...each, used: used.get(each.thing.id) ?? 0 }));
}

export async function findGroups(
  page: GroupPage,
  { db, owner }: Look,
): Promise<readonly (Tagged<SecurityGroup> & { readonly rules: readonly GroupRule[] })[]> {
  const groups = await listSecurityGroups(db, owner, page);
  const rules = await rulesOfGroups(
    db,
    groups.map(({ id }) => id),
  );
  const byGroup = Map.groupBy(rules, ({ groupId }) => groupId);
  const found = await tagged(groups, ({ id }) => id, { db, owner });
  return found.map((each) => ({ ...each, rules: byGroup.get(each.thing.id) ?? [] }));
}

export async function findGroupRules(
  page: Page & { readonly groupIds?: readonly string[] | undefined },
  { db, owner }: Look,
): Promise<readonly Tagged<GroupRule>[]> {
  return await tagged(await listGroupRules(db, owner, page), ({ id }) => id, { db, owner });
}

export async function findGateways(page: Page, { db, owner }: Look): Promise<readonly Tagged<InternetGateway>[]> {
  return await tagged(await listInternetGateways(db, owner, page), ({ id }) => id, { db, owner });
}

export interface ShownRouteTable extends Tagged<RouteTable> {
  readonly routes: readonly Route[];
  readonly associations: readonly RouteTableAssociation[];
}

export async function findRouteTables(page: OfVpcs, { db, owner }: Look): Promise<readonly ShownRouteTable[]> {
  const tables = await listRouteTables(db, owner, page);
  const ids = tables.map(({ id }) => id);
  const routes = Map.groupBy(await routesOf(db, ids), ({ routeTableId }) => routeTableId);
  const associations = Map.groupBy(await associationsOf(db, ids), ({ routeTableId }) => routeTableId);
  const found = await tagged(tables, ({ id }) => id, { db, owner });
  return found.map((each) => ({
    ...each,
    routes: routes.get(each.thing.id) ?? [],
    associations: associations.get(each.thing.id) ?? [],
  }));
}

export interface ShownAcl extends Tagged<Vpc> {
  readonly entries: readonly AclEntry[];
  readonly subnets: readonly Subnet[];
}

/** The network ACL of each VPC, in the order of the VPCs. */
export async function findAcls(page: Page, { db, owner }: Look): Promise<readonly ShownAcl[]> {
  const vpcs = await listVpcs(db, owner, page);
  const entries = Map.groupBy(
    await aclEntriesOf(
      db,
      vpcs.map(({ id }) => id),
    ),
    ({ vpcId }) => vpcId,
  );
  const found = await tagged(vpcs, ({ networkAclId }) => networkAclId, { db, owner });
  return await Promise.all(
    found.map(async (each) => ({
      ...each,
      entries: entries.get(each.thing.id) ?? [],
      subnets: await subnetsOfVpc(db, each.thing.id),
    })),
  );
}

export interface PlacedInterface extends Tagged<ShownInterface> {
  readonly groups: readonly SecurityGroup[];
}

/** The interfaces of load balancers, with the groups that these are in. */
export async function findInterfaces(page: Page, { db, owner }: Look): Promise<readonly PlacedInterface[]> {
  const interfaces = await listInterfaces(db, owner, page);
  const groups = new Map<string, readonly SecurityGroup[]>();
  for (const arn of new Set(interfaces.map(({ loadBalancerArn }) => loadBalancerArn))) {
    const ids = await groupsOfLoadBalancer(db, arn);
    const found = ids.length > 0 ? await listSecurityGroups(db, owner, { ids, after: "", limit: ids.length }) : [];
    groups.set(arn, found);
  }
  const found = await tagged(interfaces, ({ id }) => id, { db, owner });
  return found.map((each) => ({ ...each, groups: groups.get(each.thing.loadBalancerArn) ?? [] }));
}

/** Hosts, with their tags. */
export async function findHosts(page: Page, { db, owner }: Look): Promise<readonly TaggedHost[]> {
  const found = await tagged(await listHosts(db, owner, page), ({ instanceId }) => instanceId, { db, owner });
  return found.map(({ thing, tags }) => ({ ...thing, tags }));
}

/** The names of groups by their ids. */
export async function groupNames(ids: readonly string[], { db, owner }: Look): Promise<ReadonlyMap<string, string>> {
  const unique = [...new Set(ids)];
  if (unique.length === 0) return new Map();
  const found = await listSecurityGroups(db, owner, { ids: unique, after: "", limit: unique.length });
  return new Map(found.map(({ id, name }) => [id, name]));
}

/** Tags by resource and key, those after a place in that order. */
export async function findNetworkTags(
  page: Parameters<typeof listNetworkTags>[2],
  { db, owner }: Look,
): Promise<readonly KeptNetworkTag[]> {
  return await listNetworkTags(db, owner, page);
}

async function tagged<Thing>(
  things: readonly Thing[],
  id: (thing: Thing) => string,
  { db, owner }: Look,
): Promise<readonly Tagged<Thing>[]> {
  const tags = await tagsOf(db, owner, things.map(id));
  return things.map((thing) => ({ thing, tags: tags.get(id(thing)) ?? [] }));
}
