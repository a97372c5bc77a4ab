import type { Owner } from "#domain/names.ts";
import { kindOf, type ResourceType } from "#domain/network/ids.ts";
import { checkNetworkTags, checkTagCount, type NetworkTag } from "#domain/network/tags.ts";
import { Refusal } from "#domain/refusal.ts";
import { listHosts } from "#store/hosts.ts";
import { findInternetGateway } from "#store/internet-gateways.ts";
import { listInterfaces } from "#store/network-interfaces.ts";
import { putNetworkTags, removeNetworkTags, tagsOf } from "#store/network-tags.ts";
import { findRouteTable } from "#store/route-tables.ts";
import { listGroupRules } from "#store/security-group-rules.ts";
import { findSecurityGroup } from "#store/security-groups.ts";
import type { Tx } from "#store/store.ts";
import { findSubnet } from "#store/subnets.ts";
import { findVpc, findVpcOfAcl } from "#store/vpcs.ts";

/** Tags what was just made. Throws what `checkNetworkTags` throws. */
export async function tagNew(
  tx: Tx,
  resource: { readonly id: string; readonly type: ResourceType },
  tags: readonly NetworkTag[],
  owner: Owner,
): Promise<void> {
  checkNetworkTags(tags);
  await putNetworkTags(tx, owner, resource, tags);
}

/** Sets tags on things, all or none. Throws `network-id-unknown`, `network-tags-too-many`, `network-value-invalid`. */
export async function createTags(
  tx: Tx,
  ids: readonly string[],
  tags: readonly NetworkTag[],
  owner: Owner,
): Promise<void> {
  checkNetworkTags(tags);
  const types = await typesOf(tx, ids, owner);
  const present = await tagsOf(tx, owner, ids);
  for (const [id, type] of types) {
    const keys = [...(present.get(id) ?? []), ...tags].map(({ key }) => key);
    checkTagCount(new Set(keys).size);
    await putNetworkTags(tx, owner, { id, type }, tags);
  }
}

/** Takes tags away: those with a value only where they have it; without any named, all. Throws `network-id-unknown`. */
export async function deleteTags(
  tx: Tx,
  ids: readonly string[],
  tags: readonly { readonly key: string; readonly value: string | undefined }[] | undefined,
  owner: Owner,
): Promise<void> {
  const types = await typesOf(tx, ids, owner);
  const present = await tagsOf(tx, owner, ids);
  for (const id of types.keys()) {
    const all = (present.get(id) ?? []).map(({ key }) => ({ key, value: undefined }));
    await removeNetworkTags(tx, owner, id, tags ?? all);
  }
}

async function typesOf(tx: Tx, ids: readonly string[], owner: Owner): Promise<ReadonlyMap<string, ResourceType>> {
  const types = new Map<string, ResourceType>();
  for (const id of ids) {
    const type = kindOf(id);
    if (!type || !(await EXISTS[type](tx, owner, id))) {
      throw new Refusal("network-id-unknown", `The ID '${id.slice(0, 100)}' is not valid`);
    }
    types.set(id, type);
  }
  return types;
}

const one = (id: string): { readonly ids: readonly string[]; readonly after: string; readonly limit: number } => ({
  ids: [id],
  after: "",
  limit: 1,
});

/** Whether an owner has the thing of that kind with that id. */
const EXISTS: Readonly<Record<ResourceType, (tx: Tx, owner: Owner, id: string) => Promise<boolean>>> = {
  instance: async (tx, owner, id) => (await listHosts(tx, owner, one(id))).length > 0,
  "internet-gateway": async (tx, owner, id) => (await findInternetGateway(tx, owner, id)) !== undefined,
  "network-acl": async (tx, owner, id) => (await findVpcOfAcl(tx, owner, id)) !== undefined,
  "network-interface": async (tx, owner, id) => (await listInterfaces(tx, owner, one(id))).length > 0,
  "route-table": async (tx, owner, id) => (await findRouteTable(tx, owner, id)) !== undefined,
  "security-group": async (tx, owner, id) => (await findSecurityGroup(tx, owner, id)) !== undefined,
  "security-group-rule": async (tx, owner, id) => (await listGroupRules(tx, owner, one(id))).length > 0,
  subnet: async (tx, owner, id) => (await findSubnet(tx, owner, id)) !== undefined,
  vpc: async (tx, owner, id) => (await findVpc(tx, owner, id)) !== undefined,
};
