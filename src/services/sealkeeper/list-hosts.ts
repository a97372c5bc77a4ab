import { findHosts } from "#integrations/ec2/lists.ts";
import { askNetwork } from "#integrations/ec2/work.ts";
import type { SealkeeperOperation } from "./api.ts";
import { shownHost } from "./hosts.ts";
import { nextName, placeOf } from "./wire.ts";

/** The machines of the caller's account in this region, by instance id. */
export const ListHosts: SealkeeperOperation<"ListHosts"> = async ({ MaxResults = 100, NextToken }, caller, deps) => {
  const after = placeOf(NextToken) ?? "";
  const hosts = await askNetwork(caller, deps, (look) => findHosts({ after, limit: MaxResults }, look));
  return { Hosts: hosts.map(shownHost), NextToken: nextName(hosts.at(-1)?.instanceId, hosts.length, MaxResults) };
};
