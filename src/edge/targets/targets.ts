import type { EdgeForward, EdgeTarget, EdgeTargetGroup } from "#domain/edge-config.ts";
import type { Fields } from "#edge/http/fields.ts";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { lookForAnomalies } from "./anomalies.ts";
import { cookieSeal } from "./cookie-seal.ts";
import { type GroupDeps, GroupState } from "./group-state.ts";
import type { HealthSource } from "./health-source.ts";
import type { Station } from "./station.ts";
import { groupCookies, type StickyDeps, stuckGroup, stuckTo, targetCookies } from "./sticky.ts";

/** The targets of one load balancer, and what goes on at them in this process. */
export interface Targets {
  /** Takes a new configuration; what goes on at targets that stay is not forgotten. */
  configure(groups: readonly EdgeTargetGroup[]): void;
  /** A forward action made ready. It follows every later configuration by itself. */
  forwarding(action: EdgeForward): Forwarding;
  /** Each target group, how many of its targets may be chosen, and whether DNS should name other addresses. */
  report(): readonly GroupReport[];
  stop(): void;
}

/** Where a forward action sends what comes. */
export interface Forwarding {
  /** A target for a request with these fields; undefined when none is registered: 503. */
  choose(request: Fields): Lease | undefined;
  /** A target for a connection or a flow of packets; undefined when none is registered. */
  chooseFlow(flow: FlowKey): Lease | undefined;
}

/** What a flow is told by. */
export interface FlowKey {
  /** Its client's address: what `source_ip` stickiness goes by. */
  readonly source: string;
  /** Protocol, addresses and ports of both ends, in any fixed spelling. */
  readonly flow: string;
}

/** A target that was chosen for one request, connection or flow. */
export interface Lease {
  readonly group: EdgeTargetGroup;
  readonly target: EdgeTarget;
  /** The target as it runs: the same object for the same target. */
  readonly station: Station;
  /** The `Set-Cookie` fields that make the client come back to it. */
  cookies(request: Fields, answer: Fields): Fields;
  /** Counts how it went: failed are answers of 500 and above, and connections that did not come about. */
  answered(failed: boolean): void;
  /** Calls `act` when what goes on must end: the target is gone, or unhealthy where that ends connections. */
  onEnd(act: () => void): void;
  /** Counts it as done. Calling it again does nothing. */
  release(): void;
}

export interface GroupReport {
  readonly targetGroupArn: string;
  readonly registered: number;
  readonly healthy: number;
  /** Too few are healthy: all get requests. */
  readonly failsOpen: boolean;
  /** Too few are healthy: DNS should name other addresses. */
  readonly failsOver: boolean;
  /** Those that fail more often than their peers, and those that get less for it. */
  readonly anomalous: readonly EdgeTarget[];
  readonly mitigated: readonly EdgeTarget[];
}

export interface TargetsDeps {
  readonly health: HealthSource;
  readonly clock: Clock;
  readonly timers: Timers;
  /** What the edges of this load balancer share and clients do not know: see `cookieSeal`. */
  readonly cookieSecret: string;
  /** In [0, 1); Math.random unless told. */
  readonly random?: () => number;
}

export function openTargets({ health, clock, timers, cookieSecret, random = Math.random }: TargetsDeps): Targets {
  const seal = cookieSeal(cookieSecret);
  const states = new Map<string, GroupState>();
  const groupDeps: GroupDeps = { health, clock, timers, random, badge: (...words) => seal.badge(...words) };
  /** The second in which something was last asked. */
  const seconds = (): number => Math.floor(clock.now().getTime() / SECOND);
  let badges: ReadonlyMap<string, Station> = new Map();
  let generation = 0;
  const sticky = (): StickyDeps => ({ seal, now: seconds(), find: (badge) => badges.get(badge) });

  const stopHearing = health.onHealth((arn) => states.get(arn)?.refresh());
  let cancelLook = (): void => {};
  const look = (): void => {
    for (const state of states.values()) {
      const healthy = state.candidates.filter((station) => station.healthy);
      lookForAnomalies(healthy, state.settings.mitigatesAnomalies);
    }
    cancelLook = timers.after(LOOK, look);
  };
  cancelLook = timers.after(LOOK, look);

  return {
    configure(groups) {
      const wanted = new Set(groups.map(({ arn }) => arn));
      for (const [arn, state] of states) {
        if (wanted.has(arn)) continue;
        state.close();
        states.delete(arn);
      }
      for (const group of groups) {
        const state = states.get(group.arn) ?? new GroupState(group, groupDeps);
        states.set(group.arn, state);
        state.configure(group);
      }
      badges = new Map([...states.values()].flatMap(({ stations }) => [...stations].map((one) => [one.badge, one])));
      generation += 1;
    },
    forwarding: (action) => new ReadyForward(action, { states, sticky, generation: () => generation }),
    report: () =>
      [...states.values()].map((state) => {
        const stations = [...state.stations].filter(({ target }) => !target.draining);
        const healthy = stations.filter((station) => station.healthy).length;
        return {
          targetGroupArn: state.group.arn,
          registered: stations.length,
          healthy,
          failsOpen: state.candidates.length > healthy,
          failsOver: state.failsOver,
          anomalous: stations.filter(({ anomalous }) => anomalous).map(({ target }) => target),
          mitigated: stations.filter(({ share }) => share < 1).map(({ target }) => target),
        };
      }),
    stop() {
      cancelLook();
      stopHearing();
      for (const state of states.values()) state.close();
      states.clear();
      generation += 1;
    },
  };
}

interface ForwardWorld {
  readonly states: ReadonlyMap<string, GroupState>;
  readonly sticky: () => StickyDeps;
  readonly generation: () => number;
}

/** One target group of an action. */
interface Branch {
  readonly state: GroupState;
  readonly weight: number;
  /** Smooth weighted round robin: the one that stands highest is next, and pays the sum of all weights. */
  standing: number;
}

class ReadyForward implements Forwarding {
  readonly #action: EdgeForward;
  readonly #world: ForwardWorld;
  #generation = -1;
  #branches: readonly Branch[] = [];
  #total = 0;

  constructor(action: EdgeForward, world: ForwardWorld) {
    this.#action = action;
    this.#world = world;
  }

  choose(request: Fields): Lease | undefined {
    this.#follow();
    const { stickiness } = this.#action;
    const bySticky = stickiness && stuckGroup(request, stickiness.durationSeconds, this.#world.sticky());
    const state = (bySticky === undefined ? undefined : this.#named(bySticky)) ?? this.#next();
    if (!state) return undefined;
    const within = state.settings.stickiness;
    const stuck = within && stuckTo(state.group.arn, within, request, this.#world.sticky());
    const station = stuck?.candidate ? stuck : state.algorithm.pick();
    return station && this.#lease(state, station, stickiness !== undefined);
  }

  chooseFlow({ source, flow }: FlowKey): Lease | undefined {
    this.#follow();
    const state = this.#next();
    const station = state?.flow(state.settings.stickiness?.type === "source_ip" ? source : flow);
    return state && station && this.#lease(state, station, false);
  }

  /** Finds the target groups of the action again after each configuration. */
  #follow(): void {
    const generation = this.#world.generation();
    if (generation === this.#generation) return;
    this.#generation = generation;
    const before = new Map(this.#branches.map(({ state, standing }) => [state, standing]));
    this.#branches = this.#action.targetGroups.flatMap(({ arn, weight }) => {
      const state = this.#world.states.get(arn);
      return state ? [{ state, weight, standing: before.get(state) ?? 0 }] : [];
    });
    this.#total = this.#branches.reduce((sum, { weight }) => sum + weight, 0);
  }

  #named(badge: string): GroupState | undefined {
    return this.#branches.find(({ state }) => state.badge === badge)?.state;
  }

  #next(): GroupState | undefined {
    const [first] = this.#branches;
    if (!first || (this.#branches.length === 1 && this.#action.targetGroups.length === 1)) return first?.state;
    let best: Branch | undefined;
    for (const branch of this.#branches) {
      branch.standing += branch.weight;
      if (branch.weight > 0 && (!best || branch.standing > best.standing)) best = branch;
    }
    if (best) best.standing -= this.#total;
    return best?.state;
  }

  #lease(state: GroupState, station: Station, bindsGroup: boolean): Lease {
    station.outstanding += 1;
    state.algorithm.moved(station);
    return new GivenLease(state, station, bindsGroup, this.#world);
  }
}

class GivenLease implements Lease {
  readonly group: EdgeTargetGroup;
  readonly target: EdgeTarget;
  readonly station: Station;
  readonly #state: GroupState;
  readonly #bindsGroup: boolean;
  readonly #world: ForwardWorld;
  #stopWaiting: (() => void) | undefined;
  #released = false;

  constructor(state: GroupState, station: Station, bindsGroup: boolean, world: ForwardWorld) {
    this.group = station.group;
    this.target = station.target;
    this.station = station;
    this.#state = state;
    this.#bindsGroup = bindsGroup;
    this.#world = world;
  }

  cookies(request: Fields, answer: Fields): Fields {
    const { stickiness } = this.#state.settings;
    if (!stickiness && !this.#bindsGroup) return [];
    const deps = this.#world.sticky();
    const ofTarget = stickiness ? targetCookies(this.station, stickiness, request, answer, deps) : [];
    return this.#bindsGroup ? [...groupCookies(this.#state.badge, deps), ...ofTarget] : ofTarget;
  }

  answered(failed: boolean): void {
    this.station.answers += 1;
    if (failed) this.station.failures += 1;
  }

  onEnd(act: () => void): void {
    this.#stopWaiting?.();
    this.#stopWaiting = this.station.onEnd(act);
  }

  release(): void {
    if (this.#released) return;
    this.#released = true;
    this.#stopWaiting?.();
    this.station.outstanding -= 1;
    this.#state.algorithm.moved(this.station);
  }
}

const LOOK: Millis = 10 * SECOND;
