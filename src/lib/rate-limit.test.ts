import { expect, test } from "vitest";
import { MINUTE, SECOND } from "./duration.ts";
import { rateLimit, subscriberOf } from "./rate-limit.ts";

test("each may do so much in a window, and is told how long to wait", () => {
  let now = 0;
  const limit = rateLimit({ most: 2, within: MINUTE }, { now: () => new Date(now) });
  expect([limit.take("a"), limit.take("a"), limit.take("b")]).toEqual([undefined, undefined, undefined]);
  now += 20 * SECOND;
  expect(limit.take("a")).toBe(40 * SECOND);
  now += 40 * SECOND;
  expect(limit.take("a")).toBeUndefined();
});

test("it remembers no more than it was allowed to", () => {
  const limit = rateLimit({ most: 1, within: MINUTE, keys: 2 }, { now: () => new Date(0) });
  expect(["a", "b", "c"].map((key) => limit.take(key))).toEqual([undefined, undefined, undefined]);
  expect(limit.take("c")).toBe(MINUTE);
  expect(limit.take("a")).toBeUndefined();
});

test("an IPv6 network of one subscriber counts as one, an IPv4 address in either form as itself", () => {
  expect(subscriberOf("2001:db8:1:2::1")).toBe(subscriberOf("2001:db8:1:2:ffff::9"));
  expect(subscriberOf("2001:db8:1:2::1")).not.toBe(subscriberOf("2001:db8:1:3::1"));
  expect(subscriberOf("::ffff:192.0.2.1")).toBe(subscriberOf("::ffff:192.0.2.1"));
  expect(subscriberOf("::ffff:192.0.2.1")).not.toBe(subscriberOf("::ffff:192.0.2.2"));
});
