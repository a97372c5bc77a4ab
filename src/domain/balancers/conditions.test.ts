import fc from "fast-check";
import { expect, it } from "vitest";
import type { EdgeCondition } from "#domain/edge-config.ts";
import { Refusal } from "#domain/refusal.ts";
import { checkConditions } from "./conditions.ts";

const host = (...values: string[]): EdgeCondition => ({ field: "host-header", values, regexes: [] });
const path = (...values: string[]): EdgeCondition => ({ field: "path-pattern", values, regexes: [] });
const header = (name: string, ...values: string[]): EdgeCondition => ({
  field: "http-header",
  name,
  values,
  regexes: [],
});
const query = (...values: { key?: string; value: string }[]): EdgeCondition => ({ field: "query-string", values });
const method = (...values: string[]): EdgeCondition => ({ field: "http-request-method", values });
const source = (...values: string[]): EdgeCondition => ({ field: "source-ip", values });

it.for<[string, readonly EdgeCondition[]]>([
  ["a host with a wildcard", [host("*.example.com")]],
  ["a host whose end is one", [host("shop.*")]],
  ["a host in another alphabet", [host("xn--80ak6aa92e.xn--p1ai")]],
  ["every character of paths", [path("/AZaz09_-.$/~\"'@:+&*?")]],
  ["a header twice", [header("X-A", "*Chrome*"), header("x-a", "*Safari*")]],
  ["escaped wildcards", [query({ key: "q", value: "\\*\\?\\*\\?\\*\\?\\*" })]],
  ["blocks of both kinds of addresses", [source("10.0.0.0/8", "2001:db8::/32")]],
  ["a regular expression", [{ field: "path-pattern", values: [], regexes: ["^/api/v[0-9]+/(users|orders)$"] }]],
  ["five values of all", [host("a.test"), path("/a"), method("GET"), query({ value: "a" }), source("10.0.0.0/8")]],
])("takes %s", ([, conditions]) => {
  expect(() => checkConditions(conditions)).not.toThrow();
});

it.for<[string, readonly EdgeCondition[], string]>([
  ["none", [], "A condition must be specified"],
  ["one without a value", [host()], "A value must be specified for the 'host-header'"],
  ["a field twice", [path("/a"), path("/b")], "only have one 'path-pattern'"],
  ["six values", [host("a.b", "b.b", "c.b"), path("/a", "/b", "/c")], "'5' condition values"],
  ["six wildcards", [path("/*/*/*"), host("*.*.test"), query({ value: "*" })], "'5' condition wildcards"],
  ["four wildcards in a value", [path("/*/*/*/*")], "can only have '3' wildcards"],
  ["a host without a dot", [host("localhost")], "must contain a '.'"],
  ["a host that is an address", [host("192.0.2.1")], "only letters after the last one"],
  ["a host with a port", [host("a.test:80")], "can only contain"],
  ["a host of 129 characters", [host(`${"a".repeat(124)}.test`)], "longer than '128'"],
  ["a path with a space", [path("/a b")], "can only contain"],
  ["an empty path", [path("")], "cannot be empty"],
  ["the Host header", [header("Host", "a")], "use a 'host-header' condition"],
  ["a header of 41 characters", [header("x".repeat(41), "a")], "at most 40 characters"],
  ["a header value with a line break", [header("x", "a\r\nb")], "visible ASCII"],
  ["a method in small letters", [method("get")], "can only contain A-Z"],
  ["an empty key", [query({ key: "", value: "a" })], "cannot be empty"],
  ["an address without its block", [source("10.0.0.1")], "must be in CIDR format"],
  ["a block that is none", [source("10.0.0.0/33")], "must be in CIDR format"],
  [
    "a regular expression with a look-ahead",
    [{ field: "host-header", values: [], regexes: ["(?=a)"] }],
    "is not valid",
  ],
  [
    "a regular expression of 129 characters",
    [{ field: "host-header", values: [], regexes: ["a".repeat(129)] }],
    "'128'",
  ],
])("refuses %s with ValidationError", ([, conditions, message]) => {
  expect(() => checkConditions(conditions)).toThrow(expect.objectContaining({ code: "balancer-input-invalid" }));
  expect(() => checkConditions(conditions)).toThrow(message);
});

it("takes or refuses whatever the values are", () => {
  const text = fc.string({ unit: "grapheme", maxLength: 140 });
  fc.assert(
    fc.property(text, text, (name, value) => {
      for (const condition of [
        host(value),
        path(value),
        header(name, value),
        query({ key: name, value }),
        source(value),
      ]) {
        try {
          checkConditions([condition]);
        } catch (error) {
          expect(error).toBeInstanceOf(Refusal);
        }
      }
    }),
  );
});
