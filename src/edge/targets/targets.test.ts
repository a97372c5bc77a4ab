import { describe, expect, test } from "vitest";
import type { EdgeForward, EdgeTarget, EdgeTargetGroup } from "#domain/edge-config.ts";
import { field } from "#edge/http/fields.ts";
import { seededRandom } from "#lib/seeded-random.ts";
import { targetGroup } from "../../../tests/support/edge-config.ts";
import { testClock } from "../../../tests/support/test-clock.ts";
import { testTimers } from "../../../tests/support/test-timers.ts";
import type { HealthSource } from "./health-source.ts";
import { type Forwarding, type Lease, openTargets, type Targets } from "./targets.ts";

const NOTHING = [] as const;
const forward = (weights: Record<string, number>, durationSeconds?: number): EdgeForward => ({
  type: "forward",
  targetGroups: Object.entries(weights).map(([arn, weight]) => ({ arn, weight })),
  ...(durationSeconds === undefined ? {} : { stickiness: { durationSeconds } }),
});
const TO_GROUP = forward({ group: 1 });

/** A load balancer's targets with a clock that is moved, health that is set, and timers that are rung. */
function world(groups: readonly EdgeTargetGroup[], cookieSecret = "secret") {
  const clock = testClock("2026-11-22T00:00:00Z");
  const sick = new Set<number>();
  const hearers = new Set<(arn: string) => void>();
  const timers = testTimers(clock);
  const health: HealthSource = {
    isHealthy: (_, { port }) => !sick.has(port),
    onHealth(act) {
      hearers.add(act);
      return () => hearers.delete(act);
    },
  };
  const targets: Targets = openTargets({ health, clock, timers, cookieSecret, random: seededRandom(7) });
  targets.configure(groups);
  const tell = (): void => {
    for (const act of hearers) for (const { arn } of groups) act(arn);
  };
  return {
    targets,
    clock,
    advance: timers.advance,
    fallSick: (...ports: number[]): void => {
      for (const port of ports) sick.add(port);
      tell();
    },
    recover: (...ports: number[]): void => {
      for (const port of ports) sick.delete(port);
      tell();
    },
    /** The ports that requests go to, one after the other. */
    ports: (count: number, action = TO_GROUP): (number | undefined)[] => {
      const forwarding = targets.forwarding(action);
      return Array.from({ length: count }, () => {
        const lease = forwarding.choose(NOTHING);
        lease?.release();
        return lease?.target.port;
      });
    },
  };
}

const counted = (ports: readonly (number | undefined)[]): Record<string, number> =>
  Object.fromEntries([1, 2, 3, 4].map((port) => [port, ports.filter((one) => one === port).length]));
const draining = (group: EdgeTargetGroup, ...ports: number[]): EdgeTargetGroup => ({
  ...group,
  targets: group.targets.map((target): EdgeTarget => ({ ...target, draining: ports.includes(target.port) })),
});

describe("which targets", () => {
  test("healthy ones take turns; when none is healthy all do; draining ones never", () => {
    const group = draining(targetGroup([1, 2, 3, 4]), 4);
    const { ports, fallSick } = world([group]);
    expect(counted(ports(9))).toEqual({ 1: 3, 2: 3, 3: 3, 4: 0 });
    fallSick(2);
    expect(counted(ports(6))).toEqual({ 1: 3, 2: 0, 3: 3, 4: 0 });
    fallSick(1, 3);
    expect(counted(ports(6))).toEqual({ 1: 2, 2: 2, 3: 2, 4: 0 });
  });

  test("all get requests when fewer are healthy than a number or a part of them that is set", () => {
    const routing = "target_group_health.unhealthy_state_routing.minimum_healthy_targets";
    const byCount = world([targetGroup([1, 2, 3, 4], { attributes: { [`${routing}.count`]: "3" } })]);
    byCount.fallSick(1);
    expect(counted(byCount.ports(6))[1]).toBe(0);
    byCount.fallSick(2);
    expect(counted(byCount.ports(8))).toEqual({ 1: 2, 2: 2, 3: 2, 4: 2 });
    expect(byCount.targets.report()).toMatchObject([{ registered: 4, healthy: 2, failsOpen: true, failsOver: false }]);
    const byPart = world([targetGroup([1, 2, 3, 4], { attributes: { [`${routing}.percentage`]: "50" } })]);
    byPart.fallSick(1, 2);
    expect(counted(byPart.ports(4))).toEqual({ 1: 0, 2: 0, 3: 2, 4: 2 });
    byPart.fallSick(3);
    expect(counted(byPart.ports(4))).toEqual({ 1: 1, 2: 1, 3: 1, 4: 1 });
  });

  test("too few healthy ones for DNS are told of, and requests still go to the healthy ones only", () => {
    const attributes = { "target_group_health.dns_failover.minimum_healthy_targets.percentage": "60" };
    const { targets, fallSick, ports } = world([targetGroup([1, 2], { attributes })]);
    fallSick(1);
    expect(targets.report()).toMatchObject([{ failsOver: true, failsOpen: false }]);
    expect(counted(ports(2))[2]).toBe(2);
  });

  test("without targets there is no choice", () => {
    const { ports } = world([targetGroup([])]);
    expect(ports(1)).toEqual([undefined]);
    expect(ports(1, forward({ unknown: 1 }))).toEqual([undefined]);
  });

  test("a forward action follows every configuration", () => {
    const { targets } = world([targetGroup([1])]);
    const forwarding = targets.forwarding(TO_GROUP);
    expect(forwarding.choose(NOTHING)?.target.port).toBe(1);
    targets.configure([targetGroup([2])]);
    expect(forwarding.choose(NOTHING)?.target.port).toBe(2);
    targets.configure([]);
    expect(forwarding.choose(NOTHING)).toBeUndefined();
    targets.configure([targetGroup([3])]);
    expect(forwarding.choose(NOTHING)?.target.port).toBe(3);
  });
});

describe("target groups", () => {
  const two = [targetGroup([1], { arn: "a" }), targetGroup([2], { arn: "b" }), targetGroup([3], { arn: "c" })];

  test("requests are spread by weight, evenly; a weight of 0 gets none", () => {
    const { ports } = world(two);
    expect(ports(8, forward({ a: 3, b: 1, c: 0 }))).toEqual([1, 1, 2, 1, 1, 1, 2, 1]);
    expect(ports(1, forward({ a: 0, b: 0 }))).toEqual([undefined]);
  });

  test("one without targets is not helped out by another", () => {
    const { ports } = world([targetGroup([], { arn: "a" }), targetGroup([2], { arn: "b" })]);
    expect(ports(4, forward({ a: 1, b: 1 })).filter((port) => port === undefined)).toHaveLength(2);
  });
});

describe("algorithms", () => {
  const by = (type: string, more: Record<string, string> = {}) => ({
    attributes: { "load_balancing.algorithm.type": type, ...more },
  });

  test("the fewest outstanding requests: equals take turns, and who is done comes first again", () => {
    const { targets } = world([targetGroup([1, 2, 3], by("least_outstanding_requests"))]);
    const forwarding = targets.forwarding(TO_GROUP);
    const leases = Array.from({ length: 6 }, () => forwarding.choose(NOTHING)!);
    expect(counted(leases.map(({ target }) => target.port))).toEqual({ 1: 2, 2: 2, 3: 2, 4: 0 });
    leases[3]!.release();
    leases[3]!.release();
    expect(forwarding.choose(NOTHING)!.target.port).toBe(leases[3]!.target.port);
    leases[1]!.release();
    leases[4]!.release();
    expect(forwarding.choose(NOTHING)!.target.port).toBe(leases[1]!.target.port);
  });

  test("the fewest outstanding requests count across a change of health", () => {
    const { targets, fallSick, recover } = world([targetGroup([1, 2], by("least_outstanding_requests"))]);
    const forwarding = targets.forwarding(TO_GROUP);
    fallSick(2);
    const leases: Lease[] = [1, 2, 3].map(() => forwarding.choose(NOTHING)!);
    recover(2);
    expect([1, 2, 3].map(() => forwarding.choose(NOTHING)!.target.port)).toEqual([2, 2, 2]);
    for (const lease of leases) lease.release();
    expect(forwarding.choose(NOTHING)!.target.port).toBe(1);
  });

  test("by lot, all alike", () => {
    const { ports } = world([targetGroup([1, 2, 3, 4], by("weighted_random"))]);
    for (const count of Object.values(counted(ports(4_000)))) expect(Math.abs(count - 1_000)).toBeLessThan(120);
  });

  test("one that fails more often than its peers gets less and less, and all again when it has recovered", () => {
    const attributes = by("weighted_random", { "load_balancing.algorithm.anomaly_mitigation": "on" });
    const { targets, advance } = world([targetGroup([1, 2, 3, 4], attributes)]);
    const forwarding = targets.forwarding(TO_GROUP);
    const rounds = (count: number, fails: (port: number) => boolean): number => {
      let last = 0;
      for (let round = 0; round < count; round += 1) {
        last = 0;
        for (let i = 0; i < 2_000; i += 1) {
          const lease = forwarding.choose(NOTHING)!;
          lease.answered(fails(lease.target.port));
          lease.release();
          if (lease.target.port === 2) last += 1;
        }
        advance(10_000);
      }
      return last;
    };
    const random = seededRandom(3);
    const everybody = (): boolean => random() < 0.3;
    expect(rounds(3, everybody)).toBeGreaterThan(400);
    expect(targets.report()[0]!.anomalous).toEqual([]);
    expect(rounds(8, (port) => port === 2 && random() < 0.3)).toBeLessThan(40);
    expect(targets.report()[0]!.anomalous).toMatchObject([{ port: 2 }]);
    expect(rounds(30, () => false)).toBeGreaterThan(400);
    expect(targets.report()[0]!.anomalous).toEqual([]);
  });
});

describe("slow start", () => {
  const attributes = { "slow_start.duration_seconds": "100" };
  const group = targetGroup([1, 2], { attributes });
  const grown = targetGroup([1, 2, 3], { attributes });
  const share = (ports: readonly (number | undefined)[], port: number): number =>
    ports.filter((one) => one === port).length / (ports.length / 3);

  test("a new target's share grows evenly to its full one", () => {
    const { targets, ports, advance } = world([group]);
    expect(counted(ports(100))).toEqual({ 1: 50, 2: 50, 3: 0, 4: 0 });
    targets.configure([grown]);
    expect(counted(ports(100))[3]).toBe(0);
    advance(10_000);
    expect(counted(ports(2_100))[3]).toBe(100); // a tenth of what each of the two others gets
    advance(40_000);
    expect(counted(ports(2_500))[3]).toBe(500);
    advance(50_000);
    expect(share(ports(300), 3)).toBe(1);
  });

  test("the first targets of a target group have none, though they become healthy one by one", () => {
    const { targets, ports, fallSick, recover } = world([targetGroup([])]);
    fallSick(1, 2, 3);
    targets.configure([grown]);
    for (const port of [1, 2, 3]) {
      recover(port);
      expect(counted(ports(12))[port]).toBe(12 / port);
    }
  });

  test("a target that falls sick begins anew, and ends with the attribute", () => {
    const { targets, ports, advance, fallSick, recover } = world([grown]);
    fallSick(3);
    recover(3);
    expect(counted(ports(60))[3]).toBe(0);
    advance(50_000);
    expect(counted(ports(50))[3]).toBeGreaterThan(5);
    fallSick(3);
    recover(3);
    expect(counted(ports(60))[3]).toBe(0);
    targets.configure([targetGroup([1, 2, 3])]);
    expect(counted(ports(60))[3]).toBe(20);
  });

  test("a target alone has it all, however new", () => {
    const { ports, fallSick, recover } = world([group]);
    fallSick(1);
    recover(1);
    fallSick(2);
    expect(counted(ports(5))[1]).toBe(5);
  });
});

describe("stickiness", () => {
  const BY_COOKIE = {
    "stickiness.enabled": "true",
    "stickiness.type": "lb_cookie",
    "stickiness.lb_cookie.duration_seconds": "60",
  };
  const BY_APPLICATION = {
    "stickiness.enabled": "true",
    "stickiness.type": "app_cookie",
    "stickiness.app_cookie.cookie_name": "SESSION",
    "stickiness.app_cookie.duration_seconds": "60",
  };
  const sticky = targetGroup([1, 2, 3], { attributes: BY_COOKIE });
  /** The request that a browser makes after an answer with these cookies. */
  const browser = (cookies: readonly { readonly value: string }[], ...more: string[]) => [
    field("Cookie", [...more, ...cookies.map(({ value }) => value.split(";")[0])].join("; ")),
  ];

  test("a client that brings its cookie stays with its target, for as long as was set, counted from its last request", () => {
    const { targets, clock } = world([sticky]);
    const forwarding = targets.forwarding(TO_GROUP);
    const first = forwarding.choose(NOTHING)!;
    let cookies = first.cookies(NOTHING, []);
    expect(cookies.map(({ value }) => value.replace(/=[\w-]{22};/, "=…;"))).toEqual([
      "AWSALB=…; Expires=Sun, 29 Nov 2026 00:00:00 GMT; Path=/",
      "AWSALBCORS=…; Expires=Sun, 29 Nov 2026 00:00:00 GMT; Path=/; SameSite=None; Secure",
    ]);
    for (let i = 0; i < 5; i += 1) {
      clock.advance(50_000);
      const request = browser(i % 2 ? cookies : cookies.slice(1), "a=b");
      const lease = forwarding.choose(request)!;
      expect(lease.target.port).toBe(first.target.port);
      cookies = lease.cookies(request, []);
    }
    clock.advance(61_000);
    const later = new Set([1, 2, 3].map(() => forwarding.choose(browser(cookies))!.target.port));
    expect(later.size).toBe(3);
  });

  test("cookies count on every edge, after a restart, and nowhere else", () => {
    const given = world([sticky]).targets.forwarding(TO_GROUP).choose(NOTHING)!;
    const request = browser(given.cookies(NOTHING, []));
    for (const [groups, secret, stays] of [
      [[sticky], "secret", true],
      [[sticky], "another secret", false],
      [[targetGroup([1, 2, 3], { attributes: BY_COOKIE, arn: "other" })], "secret", false],
    ] as const) {
      const forwarding = world(groups, secret).targets.forwarding(forward({ [groups[0]!.arn]: 1 }));
      const ports = new Set([1, 2, 3, 4].map(() => forwarding.choose(request)!.target.port));
      expect(ports.size === 1 && ports.has(given.target.port)).toBe(stays);
    }
  });

  test("forged and damaged cookies choose nothing", () => {
    const { targets } = world([sticky]);
    const forwarding = targets.forwarding(TO_GROUP);
    const value = forwarding.choose(NOTHING)!.cookies(NOTHING, [])[0]!.value.slice(7, 29);
    for (let at = 0; at < value.length - 1; at += 1) {
      const damaged = `${value.slice(0, at)}${value[at] === "A" ? "B" : "A"}${value.slice(at + 1)}`;
      const ports = [1, 2, 3].map(() => forwarding.choose([field("cookie", `AWSALB=${damaged}`)])!.target.port);
      expect(new Set(ports).size, damaged).toBe(3);
    }
    for (const odd of ["", "x", "=".repeat(22), "A".repeat(5_000), "\xff".repeat(22)]) {
      expect(forwarding.choose([field("cookie", `AWSALB=${odd}`)])).toBeDefined();
    }
  });

  test("a client whose target is gone, sick or draining gets another one and stays with that", () => {
    const { targets, fallSick, recover } = world([sticky]);
    const forwarding = targets.forwarding(TO_GROUP);
    const first = forwarding.choose(NOTHING)!;
    const request = browser(first.cookies(NOTHING, []));
    fallSick(first.target.port);
    const second = forwarding.choose(request)!;
    expect(second.target.port).not.toBe(first.target.port);
    recover(first.target.port);
    expect(forwarding.choose(browser(second.cookies(request, [])))!.target.port).toBe(second.target.port);
    targets.configure([draining(sticky, first.target.port)]);
    expect(forwarding.choose(request)!.target.port).not.toBe(first.target.port);
  });

  test("an application's own cookie makes its clients stay, and only together with ours", () => {
    const { targets } = world([targetGroup([1, 2, 3], { attributes: BY_APPLICATION })]);
    const forwarding = targets.forwarding(TO_GROUP);
    const first = forwarding.choose(NOTHING)!;
    expect(first.cookies(NOTHING, [field("Set-Cookie", "OTHER=1; SESSION=2")])).toEqual([]);
    const cookies = first.cookies(NOTHING, [field("Set-Cookie", "SESSION=1; Path=/")]);
    expect(cookies).toHaveLength(1);
    expect(cookies[0]!.value).toMatch(/^AWSALBAPP-0=[\w-]{22}; Expires=Sun, 29 Nov 2026 00:00:00 GMT; Path=\/$/);
    const ports = (request: ReturnType<typeof browser>) =>
      new Set([1, 2, 3].map(() => forwarding.choose(request)!.target.port));
    expect(ports(browser(cookies, "SESSION=1"))).toEqual(new Set([first.target.port]));
    expect(ports(browser(cookies)).size).toBe(3);
    expect(ports(browser([], "SESSION=1")).size).toBe(3);
    const modern = [...browser(cookies, "SESSION=1"), field("User-Agent", "Mozilla/5.0 Chrome/120.0 Safari/537.36")];
    expect(first.cookies(modern, [])[0]!.value).toMatch(/; Path=\/; SameSite=None; Secure$/);
  });

  test("one application cookie holds a target of each target group", () => {
    const groups = ["a", "b"].map((arn) => targetGroup([1, 2, 3], { arn, attributes: BY_APPLICATION }));
    const { targets } = world(groups);
    const [toA, toB] = [targets.forwarding(forward({ a: 1 })), targets.forwarding(forward({ b: 1 }))];
    const answer = [field("Set-Cookie", "SESSION=1")];
    const a = toA.choose(NOTHING)!;
    const afterA = browser(a.cookies(NOTHING, answer), "SESSION=1");
    const b = toB.choose(afterA)!;
    const afterB = browser(b.cookies(afterA, answer), "SESSION=1");
    for (let i = 0; i < 4; i += 1) {
      expect(toA.choose(afterB)!.target.port).toBe(a.target.port);
      expect(toB.choose(afterB)!.target.port).toBe(b.target.port);
    }
  });

  test("a client stays with its target group, even when that gets no new clients any more", () => {
    const groups = [targetGroup([1], { arn: "a" }), targetGroup([2], { arn: "b" })];
    const { targets, clock } = world(groups);
    const both = targets.forwarding(forward({ a: 1, b: 1 }, 100));
    const first = both.choose(NOTHING)!;
    const cookies = first.cookies(NOTHING, []);
    expect(cookies.map(({ value }) => value.slice(0, value.indexOf("=")))).toEqual(["AWSALBTG", "AWSALBTGCORS"]);
    const request = browser(cookies);
    for (let i = 0; i < 4; i += 1) expect(both.choose(request)!.target.port).toBe(first.target.port);
    const rest = first.target.port === 1 ? { a: 0, b: 1 } : { a: 1, b: 0 };
    const shifted = targets.forwarding(forward(rest, 100));
    expect(shifted.choose(request)!.target.port).toBe(first.target.port);
    expect(shifted.choose(NOTHING)!.target.port).not.toBe(first.target.port);
    clock.advance(101_000);
    expect(shifted.choose(request)!.target.port).not.toBe(first.target.port);
  });
});

describe("flows", () => {
  const group = targetGroup([1, 2, 3, 4], { protocol: "TCP" });
  const flows = Array.from({ length: 4_000 }, (_, n) => ({ source: `192.0.2.${n % 250}`, flow: `tcp 192.0.2.1 ${n}` }));

  test("go where their hash says, evenly, on every edge", () => {
    const ports = flows.map((flow) => world1.chooseFlow(flow)!.target.port);
    expect(flows.map((flow) => world2.chooseFlow(flow)!.target.port)).toEqual(ports);
    for (const count of Object.values(counted(ports))) expect(Math.abs(count - 1_000)).toBeLessThan(150);
  });
  const [world1, world2] = [1, 2].map(() => world([group]).targets.forwarding(TO_GROUP)) as [Forwarding, Forwarding];

  test("move hardly at all when another target goes", () => {
    const { targets, fallSick } = world([group]);
    const forwarding = targets.forwarding(TO_GROUP);
    const before = flows.map((flow) => forwarding.chooseFlow(flow)!.target.port);
    fallSick(1);
    const after = flows.map((flow) => forwarding.chooseFlow(flow)!.target.port);
    expect(after).not.toContain(1);
    const moved = before.filter((port, i) => port !== 1 && port !== after[i]).length;
    expect(moved).toBeLessThan(flows.length * 0.1);
  });

  test("of one client stay together where that is asked for", () => {
    const attributes = { "stickiness.enabled": "true", "stickiness.type": "source_ip" };
    const forwarding = world([{ ...group, attributes }]).targets.forwarding(TO_GROUP);
    const byClient = new Map<string, Set<number>>();
    for (const flow of flows) {
      const ports = byClient.get(flow.source) ?? new Set();
      byClient.set(flow.source, ports.add(forwarding.chooseFlow(flow)!.target.port));
    }
    expect([...byClient.values()].every(({ size }) => size === 1)).toBe(true);
    expect(new Set([...byClient.values()].flatMap((ports) => [...ports])).size).toBe(4);
  });
});

describe("what goes on at a target ends", () => {
  const ended = (group: EdgeTargetGroup) => {
    const made = world([group]);
    const lease = made.targets.forwarding(TO_GROUP).choose(NOTHING)!;
    let told = 0;
    lease.onEnd(() => void (told += 1));
    return { ...made, lease, told: () => told };
  };

  test("when its deregistration delay is over, or it is taken away", () => {
    const group = targetGroup([1], { attributes: { "deregistration_delay.timeout_seconds": "20" } });
    const one = ended(group);
    one.targets.configure([draining(group, 1)]);
    one.advance(19_000);
    expect(one.told()).toBe(0);
    one.advance(2_000);
    expect(one.told()).toBe(1);
    const other = ended(group);
    other.targets.configure([targetGroup([2])]);
    expect(other.told()).toBe(1);
  });

  test("not when it is registered again in time, or when the request is done", () => {
    const group = targetGroup([1], { attributes: { "deregistration_delay.timeout_seconds": "20" } });
    const one = ended(group);
    one.targets.configure([draining(group, 1)]);
    one.targets.configure([group]);
    one.advance(30_000);
    expect(one.told()).toBe(0);
    one.lease.release();
    one.targets.stop();
    expect(one.told()).toBe(0);
  });

  test("of TCP only where that was set", () => {
    const terminates = { "deregistration_delay.connection_termination.enabled": "true" };
    for (const [attributes, times] of [
      [{}, 0],
      [terminates, 1],
    ] as const) {
      const one = ended(targetGroup([1], { protocol: "TCP", attributes }));
      one.targets.configure([]);
      expect(one.told()).toBe(times);
    }
  });

  test("of TCP when it falls sick, at once or after an interval, where that was set", () => {
    const health = "target_health_state.unhealthy";
    const attributes = { [`${health}.connection_termination.enabled`]: "true" };
    const atOnce = ended(targetGroup([1], { protocol: "TCP", attributes }));
    atOnce.fallSick(1);
    expect(atOnce.told()).toBe(1);
    const waits = { [`${health}.draining_interval_seconds`]: "30" };
    const never = ended(targetGroup([1], { protocol: "TCP" }));
    never.fallSick(1);
    never.advance(600_000);
    expect(never.told()).toBe(0);
    const later = ended(targetGroup([1], { protocol: "TCP", attributes: waits }));
    later.fallSick(1);
    later.advance(29_000);
    expect(later.told()).toBe(0);
    later.advance(2_000);
    expect(later.told()).toBe(1);
    const recovers = ended(targetGroup([1], { protocol: "TCP", attributes: waits }));
    recovers.fallSick(1);
    recovers.recover(1);
    recovers.advance(60_000);
    expect(recovers.told()).toBe(0);
  });
});

test("a thousand targets are chosen from as fast as two", () => {
  for (const type of ["round_robin", "least_outstanding_requests", "weighted_random"]) {
    const attributes = { "load_balancing.algorithm.type": type };
    const cost = [2, 1_000].map((count) => {
      const ports = Array.from({ length: count }, (_, n) => n + 1);
      const forwarding = world([targetGroup(ports, { attributes })]).targets.forwarding(TO_GROUP);
      const run = (): number => {
        const begin = performance.now();
        for (let i = 0; i < 10_000; i += 1) forwarding.choose(NOTHING)!.release();
        return performance.now() - begin;
      };
      run();
      return Math.min(run(), run(), run());
    });
    expect(cost[1]! / cost[0]!, type).toBeLessThan(8);
  }
});
