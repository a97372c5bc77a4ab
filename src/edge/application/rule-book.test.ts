import { describe, expect, test } from "vitest";
import type { EdgeCondition } from "#domain/edge-config.ts";
import { type Fields, field } from "#edge/http/fields.ts";
import { Asked } from "./asked.ts";
import { ruleBook } from "./rule-book.ts";

const host = (...values: string[]): EdgeCondition => ({ field: "host-header", values, regexes: [] });
const path = (...values: string[]): EdgeCondition => ({ field: "path-pattern", values, regexes: [] });
const header = (name: string, ...values: string[]): EdgeCondition => ({
  field: "http-header",
  name,
  values,
  regexes: [],
});
const query = (...values: { key?: string; value: string }[]): EdgeCondition => ({ field: "query-string", values });
const from = (...values: string[]): EdgeCondition => ({ field: "source-ip", values });

interface Request {
  readonly method?: string;
  readonly host?: string;
  readonly target?: string;
  readonly fields?: Fields;
  readonly address?: string;
}

function asked({
  method = "GET",
  host: of = "a.test",
  target = "/",
  fields = [],
  address = "192.0.2.1",
}: Request): Asked {
  return new Asked({ method, host: of, target, fields, client: { address } as never });
}

/** The number of the rule that takes a request, counted from 1; 0 for the default rule. */
function taken(rules: readonly (readonly EdgeCondition[])[], request: Request): number {
  const book = ruleBook(
    rules.map((conditions, at) => ({ conditions, rule: at + 1 })),
    0,
  );
  return book.find(asked(request)).rule;
}

const matches = (condition: EdgeCondition, request: Request): boolean => taken([[condition]], request) === 1;

describe("a host-header condition", () => {
  test.for([
    ["example.com", "example.com", true],
    ["Example.COM", "eXample.com", true],
    ["example.com", "example.com:8080", true],
    ["*.example.com", "test.example.com", true],
    ["*.example.com", "a.b.example.com", true],
    ["*.example.com", "example.com", false],
    ["www?.example.com", "www2.example.com", true],
    ["www?.example.com", "www.example.com", false],
    ["example.com", "example.com.evil.test", false],
    ["[2001:db8::1]", "[2001:DB8::1]:443", true],
  ] as const)("%s takes %s: %s", ([pattern, name, expected]) => {
    expect(matches(host(pattern), { host: name })).toBe(expected);
  });
});

describe("a path-pattern condition", () => {
  test.for([
    ["/img/*", "/img/a/b.png", true],
    ["/img/*", "/IMG/a", false],
    ["/img/*", "/img", false],
    ["/img/*/pics", "/img/1/2/pics", true],
    ["/img/?.png", "/img/a.png", true],
    ["/img/?.png", "/img/.png", false],
    ["*", "/anything", true],
    ["/a", "/a?x=/img", true],
    ["*a*b*", "/xxaxxbxx", true],
    ["*a*b", "/b/a", false],
  ] as const)("%s takes %s: %s", ([pattern, target, expected]) => {
    expect(matches(path(pattern), { target })).toBe(expected);
  });
});

test("an http-header condition looks at every field of that name, without regard to case", () => {
  const fields = [field("X-Tenant", "one"), field("x-tenant", "ACME corp"), field("Other", "acme")];
  expect(matches(header("X-TENANT", "acme*"), { fields })).toBe(true);
  expect(matches(header("X-Tenant", "acme"), { fields })).toBe(false);
  expect(matches(header("Missing", "*"), { fields })).toBe(false);
});

test("regular expressions look for a part: hosts have no case, paths and headers have", () => {
  const regexes = ["^/api/v[12]/"];
  expect(matches({ field: "path-pattern", values: [], regexes }, { target: "/api/v2/x?y" })).toBe(true);
  expect(matches({ field: "path-pattern", values: [], regexes }, { target: "/API/v2/x" })).toBe(false);
  const agent = { field: "http-header", name: "User-Agent", values: [], regexes: ["(?i)curl/\\d"] } as const;
  expect(matches(agent, { fields: [field("user-agent", "CURL/7")] })).toBe(true);
  const hosts = { field: "host-header", values: [], regexes: ["^[a-z]+\\.Example\\.com$"] } as const;
  expect(matches(hosts, { host: "WWW.example.com:80" })).toBe(true);
});

describe("a query-string condition", () => {
  test.for([
    [{ key: "version", value: "v1" }, "/?a=b&Version=V1", true],
    [{ key: "version", value: "v1" }, "/?version=v2", false],
    [{ value: "example" }, "/?anything=example", true],
    [{ value: "*example*" }, "/?q=an%20EXAMPLE%26more", true],
    [{ key: "q", value: "a&b" }, "/?q=a%26b", true],
    [{ key: "q", value: "a*" }, "/?q=abc", true],
    [{ key: "q", value: "a\\*" }, "/?q=abc", false],
    [{ key: "q", value: "a\\*" }, "/?q=a%2A", true],
    [{ key: "q", value: "*" }, "/?q", true],
    [{ value: "x" }, "/", false],
    [{ value: "x" }, "/?x=%", false],
    [{ value: "last" }, `/?${"&".repeat(2_000)}a=last`, true],
    [{ key: "z", value: "last" }, `/?${"a&b=c&".repeat(2_000)}z=last`, true],
  ] as const)("%j takes %.40s: %s", ([pair, target, expected]) => {
    expect(matches(query(pair), { target })).toBe(expected);
  });
});

describe("a source-ip condition", () => {
  test.for([
    ["192.0.2.0/24", "192.0.2.77", true],
    ["192.0.2.0/24", "192.0.3.1", false],
    ["192.0.2.1/32", "192.0.2.1", true],
    ["0.0.0.0/0", "8.8.8.8", true],
    ["0.0.0.0/0", "2001:db8::1", false],
    ["2001:db8::/33", "2001:db8:7fff::1", true],
    ["2001:db8::/33", "2001:db8:8000::1", false],
  ] as const)("%s takes %s: %s", ([block, address, expected]) => {
    expect(matches(from(block), { address })).toBe(expected);
  });

  test("does not look at X-Forwarded-For", () => {
    const fields = [field("X-Forwarded-For", "192.0.2.1")];
    expect(matches(from("192.0.2.1/32"), { address: "10.0.0.1", fields })).toBe(false);
  });
});

test("methods compare with regard to case", () => {
  const method: EdgeCondition = { field: "http-request-method", values: ["GET", "CUSTOM"] };
  expect(matches(method, { method: "CUSTOM" })).toBe(true);
  expect(matches(method, { method: "get" })).toBe(false);
});

test("rules count in the order of their priorities, whether they are for a host or for any", () => {
  const rules = [[host("b.test"), path("/x")], [path("/x")], [host("a.test", "b.test")], [host("*.test")], []];
  expect(taken(rules, { host: "b.test", target: "/x" })).toBe(1);
  expect(taken(rules, { host: "a.test", target: "/x" })).toBe(2);
  expect(taken(rules, { host: "A.test:80", target: "/y" })).toBe(3);
  expect(taken(rules, { host: "c.test", target: "/y" })).toBe(4);
  expect(taken(rules, { host: "c.org", target: "/y" })).toBe(5);
  expect(taken(rules.slice(0, 4), { host: "c.org", target: "/y" })).toBe(0);
});

test("counts the rules up to the one that matches", () => {
  const book = ruleBook(
    [path("/a"), host("b.test"), path("/c")].map((condition) => ({ conditions: [condition], rule: "x" })),
    "default",
  );
  expect(book.find(asked({ target: "/c" })).evaluations).toBe(3);
  expect(book.find(asked({ target: "/a" })).evaluations).toBe(1);
  expect(book.find(asked({ target: "/d" }))).toEqual({ rule: "default", evaluations: 3 });
});
