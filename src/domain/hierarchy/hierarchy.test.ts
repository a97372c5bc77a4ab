import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { chooseIssuer, type IssuerCandidate } from "./choose-issuer.ts";
import { type IssuerEvent, type IssuerState, stateAfter } from "./issuer-state.ts";
import { chooseHierarchy, issuerId, parseHierarchyName } from "./names.ts";
import { type CrossLink, wayUp } from "./way-up.ts";

const NOW = new Date(1000);
const candidate = (id: string, different: Partial<IssuerCandidate> = {}): IssuerCandidate => ({
  id,
  family: "EC",
  state: "active",
  activeFrom: 0,
  notBefore: 0,
  notAfter: 5000,
  ...different,
});

describe("who signs a leaf", () => {
  test.for([
    ["the active one", [candidate("ec1")], "ec1"],
    ["nobody, where there is none of the family", [candidate("rsa1", { family: "RSA" })], undefined],
    [
      "not one that stands by without a moment",
      [candidate("ec1"), candidate("ec2", { state: "standby", activeFrom: null })],
      "ec1",
    ],
    [
      "not one whose moment is to come",
      [candidate("ec1"), candidate("ec2", { state: "standby", activeFrom: 1001 })],
      "ec1",
    ],
    [
      "one whose moment has come, written down or not",
      [candidate("ec1"), candidate("ec2", { state: "standby", activeFrom: 1000 })],
      "ec2",
    ],
    [
      "the one whose moment came last",
      [candidate("ec2", { activeFrom: 9 }), candidate("ec1", { activeFrom: 8 })],
      "ec2",
    ],
    [
      "neither a retired one nor a revoked one",
      [candidate("ec1", { state: "retired" }), candidate("ec2", { state: "revoked" })],
      undefined,
    ],
    ["not one that has ended", [candidate("ec2", { activeFrom: 9, notAfter: 1000 }), candidate("ec1")], "ec1"],
    ["of one moment the one that lives longer", [candidate("ec2"), candidate("ec1", { notAfter: 6000 })], "ec1"],
  ] as const)("%s", ([, candidates, id]) => {
    expect(chooseIssuer(candidates, "EC", NOW)?.id).toBe(id);
  });

  test("the order in which the store answers does not matter", () => {
    const some = fc.record({
      id: fc.constantFrom("a", "b", "c", "d"),
      state: fc.constantFrom<IssuerState>("active", "standby", "retired"),
      activeFrom: fc.option(fc.integer({ min: 0, max: 2000 })),
      notAfter: fc.constantFrom(500, 5000, 6000),
    });
    fc.assert(
      fc.property(fc.uniqueArray(some, { selector: ({ id }) => id }), fc.infiniteStream(fc.nat()), (rows, order) => {
        const candidates = rows.map(({ id, ...row }) => candidate(id, row));
        const shuffled = candidates
          .map((one) => [order.next().value as number, one] as const)
          .sort(([a], [b]) => a - b);
        expect(
          chooseIssuer(
            shuffled.map(([, one]) => one),
            "EC",
            NOW,
          ),
        ).toBe(chooseIssuer(candidates, "EC", NOW));
      }),
    );
  });
});

describe("the way up", () => {
  const link = (subjectId: string, signerId: string, different: Partial<CrossLink> = {}): CrossLink => ({
    subjectId,
    signerId,
    notBefore: 0,
    notAfter: 5000,
    ...different,
  });
  const ids = (links: readonly CrossLink[]): string[] =>
    links.map(({ subjectId, signerId }) => `${subjectId}<${signerId}`);

  test.for([
    ["a root alone", "r1", [], ["r1"], []],
    ["to the older root", "r2", [link("r2", "r1")], ["r2", "r1"], ["r2<r1"]],
    [
      "over all of three, the younger ones first",
      "r2",
      [link("r2", "r1"), link("r3", "r2"), link("r3", "r1"), link("r2", "r3"), link("r1", "r3")],
      ["r3", "r2", "r1"],
      ["r2<r3", "r3<r1"],
    ],
    [
      "not over one that is distrusted",
      "r2",
      [link("r2", "r1"), link("r2", "r3"), link("r3", "r1")],
      ["r2", "r1"],
      ["r2<r1"],
    ],
    ["not over a certificate that has ended", "r2", [link("r2", "r1", { notAfter: 1000 })], ["r2", "r1"], []],
  ] as const)("%s", ([, root, links, trusted, way]) => {
    expect(ids(wayUp(root, links, trusted, NOW))).toEqual(way);
  });

  test("where all certify one another, every root is on it, whatever root it begins at", () => {
    const roots = ["r1", "r2", "r3", "r4", "r5"];
    const links = roots.flatMap((one) => roots.filter((other) => other !== one).map((other) => link(one, other)));
    for (const root of roots) {
      const way = wayUp(root, links, roots, NOW);
      expect(new Set([root, ...way.map(({ signerId }) => signerId)]).size).toBe(5);
      for (const [index, { subjectId }] of way.entries()) expect(subjectId).toBe(way[index - 1]?.signerId ?? root);
    }
  });
});

test("a hierarchy that says more about a leaf comes first", () => {
  const scopes = [
    { account: "", purpose: "acme" },
    { account: "111111111111", purpose: "" },
    { account: "111111111111", purpose: "acm" },
  ] as const;
  const choose = (account: string, purpose: "acm" | "acme" | "internal"): unknown =>
    chooseHierarchy(scopes, { account, purpose });
  expect(choose("111111111111", "acm")).toBe(scopes[2]);
  expect(choose("111111111111", "acme")).toBe(scopes[1]);
  expect(choose("222222222222", "acme")).toBe(scopes[0]);
  expect(choose("222222222222", "acm")).toBeUndefined();
});

test.for([
  ["active", "intermediate", "retired", "retired"],
  ["retired", "intermediate", "revoked", "revoked"],
  ["retired", "intermediate", "activated", undefined],
  ["revoked", "intermediate", "activated", undefined],
  ["active", "root", "distrusted", undefined],
  ["retired", "root", "distrusted", "distrusted"],
  ["active", "root", "revoked", undefined],
] as const satisfies readonly (readonly [
  IssuerState,
  "root" | "intermediate",
  IssuerEvent,
  IssuerState | undefined,
])[])("%s, an %s that is %s: %s", ([state, role, event, after]) => expect(stateAfter(event, role, state)).toBe(after));

test("names of hierarchies begin the ids of their CAs, which stand in URLs", () => {
  expect(["payments", "abc"].map(parseHierarchyName)).toEqual(["payments", "abc"]);
  expect(["", "ab", "shared", "Payments", "pay-1", "a".repeat(13)].filter((name) => parseHierarchyName(name))).toEqual(
    [],
  );
  expect([issuerId("shared", "r", 3), issuerId("payments", "rsa", 1)]).toEqual(["r3", "paymentsrsa1"]);
});
