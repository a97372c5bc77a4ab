import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { effectOf, judgeOwn, judgeResource, reasonOf } from "./evaluate.ts";
import { factsOf } from "./facts.ts";
import { matches, readPattern, resolve } from "./pattern.ts";
import { readPolicyDocument } from "./read-document.ts";

const CERTIFICATE = "arn:aws:acm:us-east-1:123456789012:certificate/a";
const ME = { account: "123456789012", arn: "arn:aws:iam::123456789012:user/dev/me", id: "AROAAAAAAAAAAAAAAAAAA" };

/** A policy of one statement that allows everything unless told otherwise. */
const identity = (statement: object, version = "2012-10-17") =>
  readPolicyDocument(
    JSON.stringify({ Version: version, Statement: { Effect: "Allow", Action: "*", Resource: "*", ...statement } }),
    "identity",
  );
const key = (...statements: readonly object[]) =>
  readPolicyDocument(
    JSON.stringify({
      Version: "2012-10-17",
      Statement: statements.map((one) => ({ Effect: "Allow", Action: "kms:*", Resource: "*", ...one })),
    }),
    "key",
  );
const ask = (
  known: Parameters<typeof factsOf>[0] = {},
  action = "acm:DescribeCertificate",
  resource = CERTIFICATE,
) => ({
  action,
  resource,
  facts: factsOf(known),
});
const allows = (statement: object, known = {}, action?: string, resource?: string) =>
  effectOf(ask(known, action, resource), [identity(statement)]) === "Allow";

describe("what a statement is about", () => {
  test.each<[actions: string | readonly string[], action: string, allowed: boolean]>([
    ["acm:DescribeCertificate", "acm:DescribeCertificate", true],
    ["ACM:describecertificate", "acm:DescribeCertificate", true],
    ["acm:Describe*", "acm:DescribeCertificate", true],
    ["acm:?escribeCertificate", "acm:DescribeCertificate", true],
    ["acm:List*", "acm:DescribeCertificate", false],
    [["acm:List*", "kms:*"], "kms:Decrypt", true],
    ["*", "kms:Decrypt", true],
  ])("the action %s and %s", (actions, action, allowed) => {
    expect(allows({ Action: actions }, {}, action)).toBe(allowed);
    expect(allows({ Action: undefined, NotAction: actions }, {}, action)).toBe(!allowed);
  });

  test.each<[resource: string, allowed: boolean]>([
    [CERTIFICATE, true],
    ["arn:aws:acm:*:123456789012:certificate/*", true],
    ["arn:aws:acm:*:*:certificate/?", true],
    ["arn:aws:acm:*", true],
    ["arn:aws:acm:us-east-1:123456789012:CERTIFICATE/a", false],
    ["arn:aws:acm:us-west-2:*:certificate/*", false],
    ["arn:aws:acm:*:certificate/*", false],
  ])("the resource %s", (resource, allowed) => {
    expect(allows({ Resource: resource })).toBe(allowed);
    expect(allows({ Resource: undefined, NotResource: resource })).toBe(!allowed);
  });

  test("a star in one part of an ARN does not reach into the next", () => {
    const foreign = "arn:aws:acm:us-east-1:999999999999:x:123456789012:certificate/a";
    expect(allows({ Resource: "arn:aws:acm:*:123456789012:certificate/*" }, {}, undefined, foreign)).toBe(false);
  });

  test("variables stand for one known value, with no wildcards in it", () => {
    const own = { Resource: "arn:aws:acm:*:*:certificate/$" + "{aws:username}" };
    expect(allows(own, { "aws:username": "a" })).toBe(true);
    expect(allows(own, { "aws:UserName": "a" })).toBe(true);
    expect(allows(own, { "aws:username": "*" })).toBe(false);
    expect(allows(own, { "aws:username": ["a", "b"] })).toBe(false);
    expect(allows(own)).toBe(false);
    expect(allows({ Resource: "arn:aws:acm:*:*:certificate/$" + "{aws:username, 'a'}" })).toBe(true);
    expect(
      allows({ Resource: "arn:aws:acm:*:*:certificate/$" + "{*}" }, {}, undefined, `${CERTIFICATE.slice(0, -1)}*`),
    ).toBe(true);
    const old = readPolicyDocument(JSON.stringify({ Statement: { Effect: "Allow", Action: "*", ...own } }), "identity");
    expect(effectOf(ask({ "aws:username": "a" }), [old])).toBe(undefined);
  });
});

describe("conditions", () => {
  const key_ = "acm:DomainNames";
  const holds = (name: string, value: unknown, known: Record<string, string | readonly string[]>) =>
    allows({ Condition: { [name]: { [key_]: value } } }, known);

  test.each<[operator: string, value: unknown, known: string | readonly string[] | undefined, holds: boolean]>([
    ["StringEquals", "a", "a", true],
    ["StringEquals", ["b", "a"], "a", true],
    ["StringEquals", "A", "a", false],
    ["StringEquals", "*", "a", false],
    ["StringEquals", "a", undefined, false],
    ["StringEqualsIfExists", "a", undefined, true],
    ["StringNotEquals", "a", "b", true],
    ["StringNotEquals", ["a", "b"], "b", false],
    ["StringNotEquals", "a", undefined, true],
    ["StringEqualsIgnoreCase", "A", "a", true],
    ["StringNotEqualsIgnoreCase", "A", "a", false],
    ["StringLike", "*.example.com", "a.example.com", true],
    ["StringLike", "*.example.com", "a.example.org", false],
    ["StringNotLike", "*.example.com", "a.example.org", true],
    ["NumericLessThan", "10", "9", true],
    ["NumericLessThan", 10, "10", false],
    ["NumericLessThanEquals", 10, "10", true],
    ["NumericGreaterThan", 10, "many", false],
    ["NumericNotEquals", 10, "11", true],
    ["DateLessThan", "2026-11-22T00:00:00Z", "2026-11-21T23:59:59Z", true],
    ["DateGreaterThan", "2026-11-22T00:00:00Z", "1795305601", true],
    ["DateGreaterThan", "soon", "2026-11-21T23:59:59Z", false],
    ["Bool", true, "true", true],
    ["Bool", "false", "true", false],
    ["IpAddress", "10.0.0.0/8", "10.1.2.3", true],
    ["IpAddress", "10.0.0.0/8", "11.1.2.3", false],
    ["NotIpAddress", ["10.0.0.0/8", "::/0"], "11.1.2.3", true],
    ["ArnLike", "arn:aws:iam::*:role/*", "arn:aws:iam::123456789012:role/a/b", true],
    ["ArnEquals", "arn:aws:iam::*:role", "arn:aws:iam::123456789012:role/a", false],
    ["ArnNotLike", "arn:aws:iam::*:role/*", "arn:aws:iam::123456789012:user/a", true],
    ["Null", true, undefined, true],
    ["Null", "false", undefined, false],
    ["Null", "false", "a", true],
    ["ForAllValues:StringLike", "*.example.com", ["a.example.com", "b.example.com"], true],
    ["ForAllValues:StringLike", "*.example.com", ["a.example.com", "example.org"], false],
    ["ForAllValues:StringLike", "*.example.com", undefined, true],
    ["ForAnyValue:StringLike", "*.example.com", ["a.example.com", "example.org"], true],
    ["ForAnyValue:StringLike", "*.example.com", undefined, false],
    ["ForAnyValue:StringNotLike", "*.example.com", ["a.example.com"], false],
    ["ForAllValues:StringNotEquals", ["a"], ["b", "a"], false],
  ])("%s %j of %j", (operator, value, known, expected) => {
    expect(holds(operator, value, known === undefined ? {} : { [key_.toLowerCase()]: known })).toBe(expected);
  });

  test("all conditions of a statement must hold", () => {
    const both = { Condition: { StringEquals: { "a:b": "1", "a:c": "2" }, Null: { "a:d": true } } };
    expect(allows(both, { "a:b": "1", "a:c": "2" })).toBe(true);
    expect(allows(both, { "a:b": "1", "a:c": "3" })).toBe(false);
    expect(allows(both, { "a:b": "1", "a:c": "2", "a:d": "" })).toBe(false);
  });

  test("names of objects' own methods are no facts", () => {
    expect(allows({ Condition: { Null: { "a:constructor": "false" } } })).toBe(false);
    expect(holds("StringLike", "*", { tostring: "a" })).toBe(false);
  });
});

test("where a variable has no value, nobody is let in", () => {
  const unknown = "arn:aws:acm:*:*:certificate/$" + "{aws:username}";
  const other = { StringNotEquals: { "a:b": ["$" + "{aws:username}", "c"] } };
  for (const statement of [{ Resource: undefined, NotResource: unknown }, { Condition: other }]) {
    const known = { "a:b": "b" };
    expect(allows(statement, { ...known, "aws:username": "d" })).toBe(true);
    expect(allows(statement, known)).toBe(false);
    expect(effectOf(ask(known), [identity({ ...statement, Effect: "Deny" })])).toBe("Deny");
  }
  expect(effectOf(ask({ "a:b": "c" }), [identity({ Condition: other, Effect: "Deny" })])).toBe(undefined);
});

describe("who decides", () => {
  const everything = identity({});
  const nothing = identity({ Action: "sts:*" });
  const deny = identity({ Effect: "Deny" });

  test("identity policies must allow; a boundary and a session policy only leave out", () => {
    const judge = (authority: Omit<Parameters<typeof judgeOwn>[1], "facts">, named?: "account" | "role" | "itself") =>
      judgeOwn(ask(), { ...authority, facts: {} }, named);
    expect(judge({ identity: [nothing, everything] })).toEqual({ allowed: true });
    expect(judge({ identity: [] })).toMatchObject({ explicit: false, layer: "identity-based policy" });
    expect(judge({ identity: [everything, deny] })).toMatchObject({ explicit: true, layer: "identity-based policy" });
    expect(judge({ identity: [everything], boundary: nothing })).toMatchObject({ layer: "permissions boundary" });
    expect(judge({ identity: [nothing], boundary: everything })).toMatchObject({ layer: "identity-based policy" });
    expect(judge({ identity: [everything], session: [nothing] })).toMatchObject({ layer: "session policy" });
    expect(judge({ identity: [everything], session: [deny] })).toMatchObject({
      explicit: true,
      layer: "session policy",
    });
    expect(judge({ identity: [] }, "role")).toEqual({ allowed: true });
    expect(judge({ identity: [], session: [nothing] }, "role")).toMatchObject({ layer: "session policy" });
    expect(judge({ identity: [], session: [nothing] }, "itself")).toEqual({ allowed: true });
    expect(judge({ identity: [deny] }, "itself")).toMatchObject({ explicit: true });
  });

  // https://docs.aws.amazon.com/IAM/latest/UserGuide/troubleshoot_access-denied.html
  test.each([
    ["identity-based policy", "an identity-based policy"],
    ["permissions boundary", "a permissions boundary"],
    ["session policy", "a session policy"],
    ["resource-based policy", "a resource-based policy"],
  ] as const)("a denial names the %s, and whether it denies or only does not allow", (layer, withArticle) => {
    const denial = { allowed: false, layer } as const;
    expect(reasonOf({ ...denial, explicit: true }, "kms:Sign")).toBe(`with an explicit deny in ${withArticle}`);
    expect(reasonOf({ ...denial, explicit: false }, "kms:Sign")).toBe(`because no ${layer} allows the kms:Sign action`);
  });

  test("the policy of a resource names who asks, its role, its account, or nobody", () => {
    const judge = (...statements: readonly object[]) =>
      judgeResource(ask({}, "kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/1"), key(...statements), {
        ...ME,
        role: "arn:aws:iam::123456789012:role/r",
      });
    expect(judge({ Principal: { AWS: ME.arn } })).toBe("itself");
    expect(judge({ Principal: { AWS: "arn:aws:iam::123456789012:role/r" } })).toBe("role");
    expect(judge({ Principal: { AWS: ME.id } })).toBe("role");
    expect(judge({ Principal: { AWS: "AROAZZZZZZZZZZZZZZZZZ" } })).toBe(undefined);
    expect(judge({ Effect: "Deny", NotPrincipal: { AWS: ME.id } })).toBe(undefined);
    expect(judge({ Effect: "Deny", NotPrincipal: { AWS: "AROAZZZZZZZZZZZZZZZZZ" } })).toBe("Deny");
    expect(judge({ Principal: "*" })).toBe("role");
    expect(judge({ Principal: { AWS: "arn:aws:iam::123456789012:root" } })).toBe("account");
    expect(judge({ Principal: { AWS: "123456789012" } }, { Principal: { AWS: ME.arn } })).toBe("itself");
    expect(judge({ Principal: { AWS: "999999999999" } })).toBe(undefined);
    expect(judge({ Principal: { Service: "acm.amazonaws.com" } })).toBe(undefined);
    expect(judge({ Principal: { AWS: ME.arn } }, { Effect: "Deny", Principal: "*" })).toBe("Deny");
    expect(judge({ Effect: "Deny", NotPrincipal: { AWS: ME.arn } })).toBe(undefined);
    expect(judge({ Effect: "Deny", NotPrincipal: { AWS: "999999999999" } })).toBe("Deny");
  });

  test("NotPrincipal spares whom it names, and with an account its root user only", () => {
    const root = "arn:aws:iam::123456789012:root";
    const user = "arn:aws:iam::123456789012:user/u";
    const spares = (arn: string, AWS: readonly string[]) =>
      judgeResource(
        ask({}, "kms:Decrypt", "arn:aws:kms:us-east-1:123456789012:key/1"),
        key({ Effect: "Deny", NotPrincipal: { AWS } }),
        { account: "123456789012", arn },
      ) === undefined;
    expect(spares(user, [user, root])).toBe(true);
    expect(spares(root, [user, root])).toBe(true);
    expect(spares(root, [user])).toBe(false);
    for (const other of ["user/v", "role/r"]) {
      expect(spares(`arn:aws:iam::123456789012:${other}`, [user, root])).toBe(false);
      expect(spares(`arn:aws:iam::123456789012:${other}`, [user, "123456789012"])).toBe(false);
    }
    expect(spares("arn:aws:iam::123456789012:user/v", ["*"])).toBe(true);
  });
});

describe("reading", () => {
  const statement = { Effect: "Allow", Action: "acm:*", Resource: "*" };
  test.each<[why: string, policy: unknown, kind: Parameters<typeof readPolicyDocument>[1], words: RegExp]>([
    ["no JSON", "{", "identity", /not JSON/],
    ["a list", [], "identity", /no JSON object/],
    ["no statement", { Version: "2012-10-17", Statement: [] }, "identity", /no Statement/],
    ["another version", { Version: "2020-01-01", Statement: statement }, "identity", /Version must be/],
    ["another element", { Statement: statement, Rules: [] }, "identity", /"Rules"/],
    ["another element of a statement", { Statement: { ...statement, Actions: 1 } }, "identity", /"Actions"/],
    ["no effect", { Statement: { ...statement, Effect: "allow" } }, "identity", /Effect must be/],
    ["no action", { Statement: { Effect: "Allow", Resource: "*" } }, "identity", /Action or NotAction/],
    ["both actions", { Statement: { ...statement, NotAction: "*" } }, "identity", /only one of/],
    ["an action without a service", { Statement: { ...statement, Action: "Decrypt" } }, "identity", /vendor/],
    ["no resource", { Statement: { Effect: "Allow", Action: "*" } }, "identity", /Resource or NotResource/],
    ["a resource that is no ARN", { Statement: { ...statement, Resource: "mine" } }, "identity", /ARN format/],
    ["a principal", { Statement: { ...statement, Principal: "*" } }, "identity", /should not specify a principal/],
    ["no principal", { Statement: statement }, "key", /Principal or NotPrincipal/],
    [
      "NotPrincipal that allows",
      { Statement: { ...statement, NotPrincipal: { AWS: "123456789012" } } },
      "key",
      /Allow with NotPrincipal is not allowed/,
    ],
    [
      "NotPrincipal in a trust policy",
      { Statement: { Effect: "Deny", NotPrincipal: { AWS: "123456789012" }, Action: "sts:AssumeRole" } },
      "trust",
      /prohibited field NotPrincipal/,
    ],
    ["a principal that is none", { Statement: { ...statement, Principal: { AWS: "me" } } }, "key", /Invalid principal/],
    [
      "a pattern of principals",
      { Statement: { ...statement, Principal: { AWS: "arn:aws:iam::123456789012:user/*" } } },
      "key",
      /Invalid principal/,
    ],
    [
      "a resource in a trust policy",
      { Statement: { ...statement, Principal: "*", Action: "sts:AssumeRole" } },
      "trust",
      /prohibited field Resource/,
    ],
    [
      "another action in a trust policy",
      { Statement: { Effect: "Allow", Principal: "*", Action: "acm:*" } },
      "trust",
      /STS AssumeRole/,
    ],
    [
      "two alike Sids",
      {
        Statement: [
          { ...statement, Sid: "a" },
          { ...statement, Sid: "a" },
        ],
      },
      "identity",
      /unique/,
    ],
    [
      "an operator that is none",
      { Statement: { ...statement, Condition: { Equals: { "a:b": "c" } } } },
      "identity",
      /Invalid Condition type/,
    ],
    ["a key without a service", { Statement: { ...statement, Condition: { Bool: { a: "c" } } } }, "identity", /vendor/],
    [
      "a variable that does not end",
      { Version: "2012-10-17", Statement: { ...statement, Resource: "arn:aws:a:$" + "{b" } },
      "identity",
      /variable/,
    ],
    ["an element twice", '{"Statement":[],"Statement":[]}', "identity", /twice/],
  ])("refuses %s", (_, policy, kind, words) => {
    const text = typeof policy === "string" ? policy : JSON.stringify(policy);
    expect(() => readPolicyDocument(text, kind)).toThrow(
      expect.objectContaining({ code: "policy-malformed", message: expect.stringMatching(words) }),
    );
  });

  test("any text is read or refused, nothing else is thrown", () => {
    const names = fc.constantFrom(
      "Version",
      "Statement",
      "Effect",
      "Action",
      "Resource",
      "Principal",
      "Condition",
      "Sid",
      "AWS",
      "Null",
    );
    const value = fc.letrec((tie) => ({
      value: fc.oneof(
        { depthSize: "small" },
        fc.constantFrom<unknown>("2012-10-17", "Allow", "Deny", "*", "acm:*", "a:b", "$" + "{a:b}", null, true, 1),
        fc.array(tie("value"), { maxLength: 3 }),
        fc.dictionary(names, tie("value"), { maxKeys: 5 }),
      ),
    })).value;
    fc.assert(
      fc.property(
        fc.dictionary(names, value),
        fc.constantFrom("identity", "session", "trust", "key"),
        (policy, kind) => {
          try {
            const { statements } = readPolicyDocument(JSON.stringify(policy), kind as "identity");
            expect(statements.length).toBeGreaterThan(0);
          } catch (error) {
            expect(error).toMatchObject({ code: "policy-malformed" });
          }
        },
      ),
    );
  });
});

test("wildcards match as a regular expression does, in any order", () => {
  const texts = fc.string({ unit: fc.constantFrom("a", "b", "."), maxLength: 8 });
  const patterns = fc.string({ unit: fc.constantFrom("a", "b", ".", "*", "?"), maxLength: 6 });
  fc.assert(
    fc.property(patterns, texts, (pattern, text) => {
      const resolved = resolve(readPattern(pattern, { variables: true }) ?? [], {});
      const expression = new RegExp(`^${pattern.replaceAll(".", "\\.").replaceAll("*", ".*").replaceAll("?", ".")}$`);
      expect(resolved && matches(resolved, text)).toBe(expression.test(text));
    }),
    { numRuns: 500 },
  );
});

test("a pattern of many stars is matched in no time", () => {
  const pattern = resolve(readPattern(`${"*a".repeat(200)}b`, { variables: false }) ?? [], {}) ?? [];
  expect(matches(pattern, "a".repeat(5000))).toBe(false);
});
