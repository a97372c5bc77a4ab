import type { EdgeTargetGroup } from "#domain/edge-config.ts";
import type { Clock } from "#lib/clock.ts";
import type { Timers } from "#lib/timers.ts";
import { type Algorithm, leastOutstanding, roundRobin, weightedRandom } from "./algorithms.ts";
import { flowTable } from "./flow-table.ts";
import { type GroupSettings, groupSettings, tooFew } from "./group-settings.ts";
import type { HealthSource } from "./health-source.ts";
import { Station } from "./station.ts";

export interface GroupDeps {
  readonly health: HealthSource;
  readonly clock: Clock;
  readonly timers: Timers;
  /** In [0, 1). */
  readonly random: () => number;
  readonly badge: (...words: readonly string[]) => string;
}

/** One target group as it runs: everything that choosing needs is made ready when its configuration or health changes. */
export class GroupState {
  settings: GroupSettings;
  /** Names it in cookies. */
  readonly badge: string;
  algorithm: Algorithm;
  readonly #deps: GroupDeps;
  readonly #stations = new Map<string, Station>();
  readonly #delays = new Map<Station, () => void>();
  #group: EdgeTargetGroup;
  #candidates: readonly Station[] = [];
  #flows: ((key: string) => Station | undefined) | undefined;
  #failsOver = false;

  constructor(group: EdgeTargetGroup, deps: GroupDeps) {
    this.#deps = deps;
    this.#group = group;
    this.settings = groupSettings(group);
    this.badge = deps.badge("group", group.arn);
    this.algorithm = this.#newAlgorithm();
  }

  get group(): EdgeTargetGroup {
    return this.#group;
  }

  get stations(): Iterable<Station> {
    return this.#stations.values();
  }

  /** Those that may be chosen now. */
  get candidates(): readonly Station[] {
    return this.#candidates;
  }

  /** Too few of its targets are healthy for DNS to name this load balancer's addresses. */
  get failsOver(): boolean {
    return this.#failsOver;
  }

  /** Takes a new configuration. What goes on at targets that stay is not touched. */
  configure(group: EdgeTargetGroup): void {
    this.#group = group;
    this.settings = groupSettings(group);
    // The first targets of a target group, all that come at once, get their full share at once.
    const pioneers = ![...this.#stations.values()].some(
      ({ healthy, warmingSince }) => healthy && warmingSince === undefined,
    );
    const wanted = new Set<string>();
    for (const target of group.targets) {
      const key = `${target.address} ${target.port}`;
      wanted.add(key);
      const known = this.#stations.get(key);
      const station = known ?? new Station(group, target, this.#deps.badge("target", group.arn, key), pioneers);
      if (!known) this.#stations.set(key, station);
      station.group = group;
      station.target = target;
      this.#watchDraining(station);
    }
    for (const [key, station] of this.#stations) if (!wanted.has(key)) this.#remove(key, station);
    this.refresh();
  }

  /** Looks at the health of its targets again. */
  refresh(): void {
    const registered: Station[] = [];
    const healthy: Station[] = [];
    const full = this.#candidates.some((one) => one.healthy && one.warmingSince === undefined);
    const now = this.#deps.clock.now().getTime();
    for (const station of this.#stations.values()) {
      const was = station.healthy;
      station.healthy = !station.target.draining && this.#deps.health.isHealthy(this.#group, station.target);
      if (!station.target.draining) registered.push(station);
      if (station.healthy) healthy.push(station);
      if (station.healthy === was) continue;
      const slowly = station.healthy && full && !station.pioneer && this.settings.slowStart > 0;
      station.warmingSince = slowly ? now : undefined;
      station.credit = 0;
      if (station.healthy) station.pioneer = false;
      else if (was && !station.target.draining) this.#endUnhealthy(station);
    }
    if (this.settings.slowStart === 0) for (const station of healthy) station.warmingSince = undefined;
    const open = tooFew(healthy.length, registered.length, this.settings.leastHealthy);
    this.#candidates = open ? registered : healthy;
    for (const station of this.#stations.values()) station.candidate = false;
    for (const station of this.#candidates) station.candidate = true;
    this.#failsOver = tooFew(healthy.length, registered.length, this.settings.leastHealthyForDns);
    this.#flows = undefined;
    this.algorithm = this.#newAlgorithm();
  }

  /** The candidate for a flow: always the same for the same key while it may be chosen. */
  flow(key: string): Station | undefined {
    this.#flows ??= flowTable(this.#candidates);
    return this.#flows(key);
  }

  /** The load balancer does not forward to it any more. */
  close(): void {
    for (const [key, station] of this.#stations) this.#remove(key, station);
    this.refresh();
  }

  #newAlgorithm(): Algorithm {
    const { random, clock } = this.#deps;
    switch (this.settings.algorithm) {
      case "round_robin":
        return roundRobin(this.#candidates, { start: random(), slowStart: this.settings.slowStart, clock });
      case "least_outstanding_requests":
        return leastOutstanding(this.#candidates);
      case "weighted_random":
        return weightedRandom(this.#candidates, random);
    }
  }

  #remove(key: string, station: Station): void {
    this.#stations.delete(key);
    station.candidate = false;
    this.#stopDelay(station);
    if (this.settings.endsDeregistered) station.end();
  }

  /** Ends what goes on at a deregistered target when its delay is over, whether or not the control plane can be heard. */
  #watchDraining(station: Station): void {
    if (!station.target.draining) {
      this.#stopDelay(station);
      return station.revive();
    }
    if (this.#delays.has(station)) return;
    const cancel = this.#deps.timers.after(this.settings.deregistrationDelay, () => {
      if (this.settings.endsDeregistered) station.end();
    });
    this.#delays.set(station, cancel);
  }

  #stopDelay(station: Station): void {
    this.#delays.get(station)?.();
    this.#delays.delete(station);
  }

  #endUnhealthy(station: Station): void {
    const after = this.settings.endsUnhealthyAfter;
    if (after === undefined) return;
    if (after === 0) return station.interrupt();
    this.#deps.timers.after(after, () => {
      if (!station.healthy) station.interrupt();
    });
  }
}
