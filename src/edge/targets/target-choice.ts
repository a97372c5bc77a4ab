import type { EdgeForward, EdgeTarget, EdgeTargetGroup } from "#domain/edge-config.ts";
import { stuckTarget, type Visitor } from "./stickiness.ts";

/** A target that was chosen for one request or connection. */
export interface Lease {
  readonly group: EdgeTargetGroup;
  readonly target: EdgeTarget;
  /** Counts it as done. Calling it again does nothing. */
  release(): void;
}

/** The targets of one load balancer, and what goes on at them. */
export interface Targets {
  /** Takes a new configuration; what goes on at targets that stay is not forgotten. */
  configure(groups: readonly EdgeTargetGroup[]): void;
  /** One of the healthy targets; any that is not draining when none is healthy; undefined when there is none at all. */
  choose(action: EdgeForward, listenerArn: string, visitor: Visitor): Lease | undefined;
}

/** Whether requests may be sent there. */
export type IsHealthy = (group: EdgeTargetGroup, target: EdgeTarget) => boolean;

export function targetsOf(isHealthy: IsHealthy): Targets {
  let byArn: ReadonlyMap<string, EdgeTargetGroup> = new Map();
  /** Smooth weighted round robin: each listener's standing of its target groups. */
  const standings = new Map<string, Map<string, number>>();
  const turns = new Map<string, number>();
  const busy = new Map<string, number>();

  const chooseGroup = (action: EdgeForward, listenerArn: string): EdgeTargetGroup | undefined => {
    const [only, ...others] = action.targetGroups;
    if (others.length === 0) return only && byArn.get(only.arn);
    const standing = entryOf(standings, listenerArn, () => new Map<string, number>());
    const total = action.targetGroups.reduce((sum, { weight }) => sum + weight, 0);
    for (const { arn, weight } of action.targetGroups) standing.set(arn, (standing.get(arn) ?? 0) + weight);
    const best = action.targetGroups
      .filter(({ weight }) => weight > 0)
      .toSorted((a, b) => (standing.get(b.arn) ?? 0) - (standing.get(a.arn) ?? 0))[0];
    if (!best) return undefined;
    standing.set(best.arn, (standing.get(best.arn) ?? 0) - total);
    return byArn.get(best.arn);
  };

  const chooseTarget = (group: EdgeTargetGroup, visitor: Visitor): EdgeTarget | undefined => {
    const registered = group.targets.filter(({ draining }) => !draining);
    const healthy = registered.filter((target) => isHealthy(group, target));
    const candidates = healthy.length > 0 ? healthy : registered;
    const turn = (turns.get(group.arn) ?? 0) + 1;
    turns.set(group.arn, turn);
    const stuck = stuckTarget(group, candidates, visitor);
    if (stuck) return stuck;
    const load = (target: EdgeTarget): number => busy.get(targetKey(group.arn, target)) ?? 0;
    switch (group.attributes["load_balancing.algorithm.type"]) {
      case "least_outstanding_requests": {
        const inTurn = candidates.map((_, i) => candidates[(turn + i) % candidates.length]);
        return inTurn.filter((one) => one !== undefined).toSorted((a, b) => load(a) - load(b))[0];
      }
      case "weighted_random":
        return candidates[Math.floor(Math.random() * candidates.length)];
      default:
        return candidates[turn % candidates.length];
    }
  };

  return {
    configure(groups) {
      byArn = new Map(groups.map((group) => [group.arn, group]));
      for (const arn of turns.keys()) if (!byArn.has(arn)) turns.delete(arn);
      standings.clear();
    },
    choose(action, listenerArn, visitor) {
      const group = chooseGroup(action, listenerArn);
      const target = group && chooseTarget(group, visitor);
      if (!target) return undefined;
      const key = targetKey(group.arn, target);
      busy.set(key, (busy.get(key) ?? 0) + 1);
      let released = false;
      return {
        group,
        target,
        release() {
          if (released) return;
          released = true;
          const left = (busy.get(key) ?? 1) - 1;
          if (left > 0) busy.set(key, left);
          else busy.delete(key);
        },
      };
    },
  };
}

/** What tells a target from every other one of a load balancer. */
export function targetKey(
  groupArn: string,
  { address, port }: { readonly address: string; readonly port: number },
): string {
  return `${groupArn} ${address} ${port}`;
}

function entryOf<K, V>(map: Map<K, V>, key: K, make: () => V): V {
  const known = map.get(key);
  if (known !== undefined) return known;
  const fresh = make();
  map.set(key, fresh);
  return fresh;
}
