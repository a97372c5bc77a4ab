import { loadBalancerArn } from "#domain/arn.ts";
import { addressAt } from "#domain/balancers/addresses.ts";
import { ARN_TYPES } from "#domain/balancers/arns.ts";
import {
  type BalancerSettings,
  balancerDnsName,
  checkSettings,
  type LoadBalancer,
  sameSettings,
} from "#domain/balancers/load-balancer.ts";
import { checkBalancerName } from "#domain/balancers/names.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { checkPlacement, type Placement, placeBalancer } from "#integrations/ec2/placement.ts";
import { announce } from "#store/edge-changes.ts";
import { findLoadBalancerByName, insertLoadBalancer } from "#store/load-balancers.ts";
import type { Tx } from "#store/store.ts";
import type { BalancerDeps } from "./deps.ts";
import { checkTags, sameTags, type Tag, tag } from "./tags.ts";

export interface NewLoadBalancer extends BalancerSettings {
  readonly tags: readonly Tag[];
}

/**
 * Makes a load balancer with a DNS name and an address of its own; it becomes active when an edge carries it. Asking
 * again with the same settings answers the same one. Throws `balancer-name-used`, `balancers-too-many` and what
 * `checkSettings` and `checkPlacement` throw.
 */
export async function createLoadBalancer(
  request: NewLoadBalancer,
  owner: Owner,
  deps: BalancerDeps,
): Promise<LoadBalancer> {
  checkBalancerName(request.name);
  checkSettings(request);
  checkTags(request.tags);
  return await deps.store.transaction().execute(async (tx) => {
    const placement = await checkPlacement(tx, request, owner, deps);
    const wanted = { ...request, securityGroups: placement.securityGroups };
    const present = await sameOrNone(tx, wanted, owner);
    if (present) return present;
    const { tags, ...settings } = wanted;
    const made = await insert(tx, settings, placement, owner, deps);
    if (!made) return (await sameOrNone(tx, wanted, owner)) ?? noAddress(); // somebody made it meanwhile
    await placeBalancer(tx, made.arn, placement, owner, deps);
    await tag(tx, made.arn, tags);
    await announce(tx, { kind: "balancer", loadBalancerArn: made.arn });
    return made;
  });
}

async function sameOrNone(tx: Tx, request: NewLoadBalancer, owner: Owner): Promise<LoadBalancer | undefined> {
  const present = await findLoadBalancerByName(tx, owner, request.name);
  if (!present) return undefined;
  if (sameSettings(present, request) && (await sameTags(tx, present.arn, request.tags))) return present;
  throw new Refusal(
    "balancer-name-used",
    `A load balancer with the same name '${request.name}' exists, but with different settings`,
  );
}

/** Undefined when the name was taken meanwhile, or every address is. */
async function insert(
  tx: Tx,
  settings: BalancerSettings,
  { vpcId, subnets }: Placement,
  owner: Owner,
  { clock, ids, productZone, balancerAddresses }: BalancerDeps,
): Promise<LoadBalancer | undefined> {
  const start = Number.parseInt(ids.hex(4), 16);
  for (let step = 0; step < Math.min(balancerAddresses.size, MOST_STEPS); step++) {
    const id = ids.hex(8);
    const { name, type, scheme } = settings;
    const { account, region } = owner;
    const dnsId = type === "application" ? String(Number.parseInt(id.slice(0, 8), 16)).padStart(10, "0") : id;
    const balancer: LoadBalancer = {
      ...settings,
      vpcId,
      zones: subnets.map(({ zone }) => zone),
      account,
      region,
      arn: loadBalancerArn(owner, ARN_TYPES[type], name, id),
      dnsName: balancerDnsName({ name, scheme, region }, dnsId, productZone),
      address: addressAt(balancerAddresses, start + step),
      state: "provisioning",
      createdAt: clock.now(),
      cookieSecret: ids.hex(16),
      attributes: {},
    };
    if (await insertLoadBalancer(tx, balancer)) return balancer;
    if (await findLoadBalancerByName(tx, owner, name)) return undefined;
  }
  return undefined;
}

function noAddress(): never {
  throw new Refusal(
    "balancers-too-many",
    "Every address that load balancers may have is taken: delete one, or give them a larger block",
  );
}

/** From a random start, addresses are tried one after the other. */
const MOST_STEPS = 1024;
