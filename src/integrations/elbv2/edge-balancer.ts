import type { LoadBalancerArn } from "#domain/arn.ts";
import type { TrustStoreArn } from "#domain/balancers/arns.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import type { Rule } from "#domain/balancers/rule.ts";
import type { TargetGroup } from "#domain/balancers/target-group.ts";
import type { RegisteredTarget } from "#domain/balancers/targets.ts";
import type { EdgeBalancer, EdgeListener, EdgeRule, EdgeTarget, EdgeTargetGroup } from "#domain/edge-config.ts";
import { ingressOf } from "#integrations/ec2/ingress.ts";
import { certificatesOfBalancer } from "#store/listener-certificates.ts";
import { listRulesOfBalancer } from "#store/listener-rules.ts";
import { listListeners } from "#store/listeners.ts";
import { findLoadBalancer } from "#store/load-balancers.ts";
import type { Db } from "#store/store.ts";
import { listTargetGroupsOfBalancer } from "#store/target-groups.ts";
import { listTargets } from "#store/targets.ts";
import { findTrustStore } from "#store/trust-stores.ts";
import { attributesOfBalancer, attributesOfListener, attributesOfTargetGroup } from "./attributes.ts";
import { addressesOf } from "./places.ts";

/** A load balancer as an edge carries it, at this moment; undefined when there is none. */
export async function edgeBalancer(db: Db, arn: LoadBalancerArn): Promise<EdgeBalancer | undefined> {
  const balancer = await findLoadBalancer(db, arn);
  if (!balancer) return undefined;
  const listeners = await listListeners(db, arn);
  const certificates = await certificatesOfBalancer(db, arn);
  const rules = Map.groupBy(await listRulesOfBalancer(db, arn), ({ listenerArn }) => listenerArn);
  const groups = await listTargetGroupsOfBalancer(db, arn, undefined, MOST_GROUPS);
  const targets = Map.groupBy(
    await listTargets(
      db,
      groups.map((group) => group.arn),
    ),
    ({ targetGroupArn }) => targetGroupArn,
  );
  const ingress = await ingressOf(db, balancer);
  const { type, dnsName, address } = balancer;
  return {
    arn,
    type,
    dnsName,
    address,
    ...(ingress === undefined ? {} : { ingress }),
    cookieSecret: balancer.cookieSecret,
    attributes: attributesOfBalancer(balancer),
    trustStores: await trustStoresOf(db, listeners),
    listeners: listeners.map((listener) =>
      edgeListener(listener, certificates.get(listener.arn) ?? [], rules.get(listener.arn) ?? []),
    ),
    targetGroups: await Promise.all(groups.map((group) => edgeTargetGroup(db, group, targets.get(group.arn) ?? []))),
  };
}

function edgeListener(
  listener: Listener,
  certificates: EdgeListener["certificates"],
  rules: readonly Rule[],
): EdgeListener {
  const { arn, port, protocol, sslPolicy, alpnPolicy, mutualAuthentication, defaultActions, ruleArn } = listener;
  return {
    arn,
    port,
    protocol,
    ...(sslPolicy === undefined ? {} : { sslPolicy }),
    ...(alpnPolicy === undefined ? {} : { alpnPolicy }),
    ...(mutualAuthentication === undefined ? {} : { mutualAuthentication }),
    certificates,
    attributes: attributesOfListener(listener),
    rules: rules.map(edgeRule),
    defaultRule: { arn: ruleArn, actions: defaultActions.map(({ action }) => action) },
  };
}

function edgeRule({ arn, priority, conditions, actions, transforms }: Rule): EdgeRule {
  return { arn, priority, conditions, actions: actions.map(({ action }) => action), transforms };
}

async function edgeTargetGroup(
  db: Db,
  group: TargetGroup,
  targets: readonly RegisteredTarget[],
): Promise<EdgeTargetGroup> {
  const { arn, protocol, protocolVersion, targetType, healthCheck } = group;
  const addresses = await addressesOf(db, targetType, targets, group);
  return {
    arn,
    protocol,
    protocolVersion,
    targetType,
    healthCheck,
    attributes: attributesOfTargetGroup(group),
    targets: targets.flatMap(({ id, port, drainedAt }) =>
      (addresses.get(id) ?? []).map(
        (address): EdgeTarget => ({ id, address, port, draining: drainedAt !== undefined }),
      ),
    ),
  };
}

/** The present versions of the trust stores that listeners name, each once. */
async function trustStoresOf(db: Db, listeners: readonly Listener[]): Promise<EdgeBalancer["trustStores"]> {
  const named = listeners.flatMap(({ mutualAuthentication: mutual }): TrustStoreArn[] =>
    mutual?.mode === "verify" ? [mutual.trustStoreArn] : [],
  );
  const found = await Promise.all([...new Set(named)].map((arn) => findTrustStore(db, arn)));
  return found.filter((store) => store !== undefined).map(({ arn, version }) => ({ arn, version: String(version) }));
}

/** More than a load balancer can have. */
const MOST_GROUPS = 1000;
