import { expect, test } from "vitest";
import { targetGroup } from "../../../tests/support/edge-config.ts";
import { stickyCookie, stickyCookies, stuckTarget } from "./stickiness.ts";

const CLOCK = { clock: { now: () => new Date("2026-11-22T00:00:00Z") } };
const BY_COOKIE = {
  "stickiness.enabled": "true",
  "stickiness.type": "lb_cookie",
  "stickiness.lb_cookie.duration_seconds": "60",
};

test("a client that brings its cookie stays with its target for as long as that is a candidate", () => {
  const group = targetGroup([1, 2, 3], { attributes: BY_COOKIE });
  const second = group.targets[1]!;
  const [first] = stickyCookies(group, second, CLOCK);
  expect(first![1]).toMatch(/^AWSALB=[\w-]{43}; Expires=Sun, 22 Nov 2026 00:01:00 GMT; Path=\/$/);
  const cookie = stickyCookie([["Cookie", `a=b; ${first![1].split(";")[0]}`]]);
  const visitor = { address: "192.0.2.1", cookie };
  expect(stuckTarget(group, group.targets, visitor)).toBe(second);
  expect(stuckTarget(group, [group.targets[0]!], visitor)).toBeUndefined();
  expect(stuckTarget(group, group.targets, { address: "192.0.2.1", cookie: "forged" })).toBeUndefined();
  expect(stuckTarget({ ...group, attributes: {} }, group.targets, visitor)).toBeUndefined();
});

test("the cookie's twin for cross-site requests does, too", () => {
  expect(stickyCookie([["cookie", "AWSALBCORS=x"]])).toBe("x");
  expect(stickyCookie([["cookie", "AWSALBX=x"]])).toBeUndefined();
});

test("a client stays by its address, and moves only when its target goes", () => {
  const group = targetGroup([1, 2, 3, 4], {
    attributes: { "stickiness.enabled": "true", "stickiness.type": "source_ip" },
  });
  const clients = Array.from({ length: 200 }, (_, n) => ({ address: `192.0.2.${n}` }));
  const before = clients.map((client) => stuckTarget(group, group.targets, client)!.port);
  expect(new Set(before).size).toBe(4);
  const after = clients.map((client) => stuckTarget(group, group.targets.slice(1), client)!.port);
  expect(before.every((port, i) => port === 1 || port === after[i])).toBe(true);
});
