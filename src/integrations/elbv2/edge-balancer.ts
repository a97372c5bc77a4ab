import type { LoadBalancerArn } from "#domain/arn.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import type { TargetGroup } from "#domain/balancers/target-group.ts";
import type { RegisteredTarget } from "#domain/balancers/targets.ts";
import type { EdgeBalancer, EdgeListener, EdgeTargetGroup } from "#domain/edge-config.ts";
import { certificatesOfBalancer, type ListenerCertificate } from "#store/listener-certificates.ts";
import { listListeners } from "#store/listeners.ts";
import { findLoadBalancer } from "#store/load-balancers.ts";
import type { Db } from "#store/store.ts";
import { listTargetGroupsOfBalancer } from "#store/target-groups.ts";
import { listTargets } from "#store/targets.ts";
import { attributesOfBalancer, attributesOfTargetGroup } from "./attributes.ts";

/** A load balancer as an edge carries it, at this moment; undefined when there is none. */
export async function edgeBalancer(db: Db, arn: LoadBalancerArn): Promise<EdgeBalancer | undefined> {
  const balancer = await findLoadBalancer(db, arn);
  if (!balancer) return undefined;
  const listeners = await listListeners(db, arn);
  const certificates = await certificatesOfBalancer(db, arn);
  const groups = await listTargetGroupsOfBalancer(db, arn, undefined, MOST_GROUPS);
  const targets = await listTargets(
    db,
    groups.map((group) => group.arn),
  );
  const { type, dnsName, address } = balancer;
  return {
    arn,
    type,
    dnsName,
    address,
    attributes: attributesOfBalancer(balancer),
    trustStores: [],
    listeners: listeners.map((listener) => edgeListener(listener, certificates)),
    targetGroups: groups.map((group) => edgeTargetGroup(group, targets)),
  };
}

function edgeListener(
  { arn, port, protocol, sslPolicy, alpnPolicy, defaultAction, ruleArn }: Listener,
  certificates: readonly (ListenerCertificate & { readonly listenerArn: string })[],
): EdgeListener {
  const own = certificates.filter(({ listenerArn }) => listenerArn === arn);
  return {
    arn,
    port,
    protocol,
    ...(sslPolicy === undefined ? {} : { sslPolicy }),
    ...(alpnPolicy === undefined ? {} : { alpnPolicy }),
    certificates: [...new Set(own.map(({ certificateArn }) => certificateArn))],
    attributes: {},
    rules: [],
    defaultRule: { arn: ruleArn, actions: [defaultAction.action] },
  };
}

function edgeTargetGroup(group: TargetGroup, targets: readonly RegisteredTarget[]): EdgeTargetGroup {
  const { arn, protocol, healthCheck } = group;
  return {
    arn,
    protocol,
    protocolVersion: "HTTP1",
    targetType: "ip",
    healthCheck,
    attributes: attributesOfTargetGroup(group),
    targets: targets
      .filter(({ targetGroupArn }) => targetGroupArn === arn)
      .map(({ address, port, drainedAt }) => ({ id: address, address, port, draining: drainedAt !== undefined })),
  };
}

/** 50 listeners with 5 target groups each. */
const MOST_GROUPS = 250;
