import { describe, expect, test } from "vitest";
import { edgeArn, rootArn } from "#domain/arn.ts";
import type { AccountId, Caller } from "#domain/names.ts";
import { decide, mayPassOn, mayRetire } from "./authorization.ts";
import { asStrict, constraintHolds, GRANT_OPERATIONS, type Grant, type GrantConstraint } from "./grant.ts";
import {
  KEY_OPERATION_NAMES,
  type KeyManager,
  type KeyOperation,
  keyOperation,
  stateObjection,
} from "./key-operations.ts";

const OWNER = "111122223333" as AccountId;
const STRANGER = "444455556666" as AccountId;
const BALANCER = `arn:aws:elasticloadbalancing:eu-west-1:${OWNER}:loadbalancer/app/web/0123456789abcdef`;
const TARGETS = `arn:aws:elasticloadbalancing:eu-west-1:${OWNER}:targetgroup/web/0123456789abcdef`;
const CONTEXT = { "aws:acm:arn": "arn:aws:acm:eu-west-1:111122223333:certificate/1" };

type Who = "owner" | "stranger" | "edge of the owner" | "edge of another";
const CALLERS: Readonly<Record<Who, Pick<Caller, "kind" | "account" | "arn">>> = {
  owner: { kind: "root", account: OWNER, arn: rootArn(OWNER) },
  stranger: { kind: "root", account: STRANGER, arn: rootArn(STRANGER) },
  "edge of the owner": { kind: "edge", account: OWNER, arn: edgeArn(OWNER, "1") },
  "edge of another": { kind: "edge", account: STRANGER, arn: edgeArn(STRANGER, "1") },
};
const EVERYBODY = Object.keys(CALLERS) as Who[];
const MANAGERS: readonly KeyManager[] = ["AWS", "CUSTOMER"];

function grantTo(granteePrincipal: string, more: Partial<Grant> = {}): Grant {
  return {
    id: "1",
    granteePrincipal,
    retiringPrincipal: undefined,
    issuingAccount: rootArn(OWNER),
    operations: GRANT_OPERATIONS,
    constraint: { kind: "equals", context: CONTEXT },
    ...more,
  };
}

function ask(
  who: Who,
  operation: KeyOperation,
  manager: KeyManager,
  grants: readonly Grant[] = [],
  context = CONTEXT,
  carried: ReadonlySet<string> = new Set([BALANCER, TARGETS]),
) {
  const key = { account: OWNER, manager };
  const decision = decide({ operation, caller: CALLERS[who], key, context, grants, carried });
  return decision.allowed ? decision.by : "denied";
}

describe("without a grant", () => {
  const LOOKING = [
    "DescribeKey",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "ListAliases",
    "ListGrants",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
    "RevokeGrant",
  ];

  test("the account may do everything with its own keys; with AWS managed keys it may look, and revoke grants", () => {
    for (const operation of KEY_OPERATION_NAMES) {
      expect([operation, ask("owner", operation, "CUSTOMER")]).toEqual([operation, "account"]);
      const managed = LOOKING.includes(operation) ? "account" : "denied";
      expect([operation, ask("owner", operation, "AWS")]).toEqual([operation, managed]);
    }
  });

  test("nobody else may do anything, an edge of the account neither", () => {
    for (const who of EVERYBODY.filter((name) => name !== "owner")) {
      for (const operation of KEY_OPERATION_NAMES) {
        for (const manager of MANAGERS)
          expect([who, operation, ask(who, operation, manager)]).toEqual([who, operation, "denied"]);
      }
    }
  });
});

describe("with a grant", () => {
  const GRANTEES: readonly { readonly grantee: string; readonly those: readonly Who[] }[] = [
    { grantee: rootArn(OWNER), those: ["owner"] },
    { grantee: rootArn(STRANGER), those: ["stranger"] },
    { grantee: BALANCER, those: ["edge of the owner", "edge of another"] },
    { grantee: edgeArn(STRANGER, "1"), those: ["edge of another"] },
    { grantee: TARGETS, those: [] },
    { grantee: "elasticloadbalancing", those: [] },
    { grantee: `${rootArn(OWNER)}x`, those: [] },
  ];

  test.for(GRANTEES)("to $grantee, an AWS managed key may be used by $those", ({ grantee, those }) => {
    for (const who of EVERYBODY) {
      const expected = those.includes(who) ? "grant" : "denied";
      expect([who, ask(who, "Decrypt", "AWS", [grantTo(grantee)])]).toEqual([who, expected]);
    }
  });

  test("every operation needs its own name in the grant, and what no grant can give stays the owner's", () => {
    for (const operation of KEY_OPERATION_NAMES) {
      const { grantedAs } = keyOperation(operation);
      for (const given of GRANT_OPERATIONS) {
        const expected = given === grantedAs ? "grant" : "denied";
        const grants = [grantTo(rootArn(STRANGER), { operations: [given] })];
        expect([operation, given, ask("stranger", operation, "AWS", grants)]).toEqual([operation, given, expected]);
      }
    }
  });

  test("the constraint binds uses with an encryption context, not DescribeKey", () => {
    const grants = [grantTo(BALANCER)];
    const edge = "edge of the owner";
    expect(ask(edge, "Decrypt", "AWS", grants, { "aws:acm:arn": "another certificate" })).toBe("denied");
    expect(ask(edge, "Decrypt", "AWS", grants, {} as typeof CONTEXT)).toBe("denied");
    expect(ask(edge, "Decrypt", "AWS", grants, { ...CONTEXT, more: "x" } as typeof CONTEXT)).toBe("denied");
    expect(ask(edge, "DescribeKey", "AWS", grants, {} as typeof CONTEXT)).toBe("grant");
  });

  test("an edge uses the grants of load balancers that it carries, and of no other", () => {
    const grants = [grantTo(BALANCER)];
    expect(ask("edge of the owner", "Decrypt", "AWS", grants, CONTEXT, new Set([`${BALANCER}0`]))).toBe("denied");
    expect(ask("edge of the owner", "Decrypt", "AWS", grants, CONTEXT, new Set())).toBe("denied");
    expect(ask("stranger", "Decrypt", "AWS", grants, CONTEXT, new Set([BALANCER]))).toBe("denied");
  });

  test("one of several grants is enough", () => {
    const wrong = grantTo(BALANCER, { operations: ["DescribeKey"] });
    expect(ask("edge of the owner", "Decrypt", "AWS", [wrong, grantTo(BALANCER)])).toBe("grant");
  });
});

describe("retiring", () => {
  test.for([
    ["its retiring principal", "stranger", { retiringPrincipal: rootArn(STRANGER) }, true],
    ["the account in which it was made", "owner", {}, true],
    ["an edge of that account", "edge of the owner", { operations: ["Decrypt"] }, false],
    ["a grantee whom it allows RetireGrant", "stranger", { granteePrincipal: rootArn(STRANGER) }, true],
    [
      "a grantee whom it does not",
      "stranger",
      { granteePrincipal: rootArn(STRANGER), operations: ["Decrypt"] as const },
      false,
    ],
    ["anybody else", "stranger", {}, false],
  ] as [string, Who, Partial<Grant>, boolean][])("%s: %s", ([, who, more, allowed]) => {
    expect(mayRetire(CALLERS[who], grantTo(BALANCER, more))).toBe(allowed);
  });
});

describe("constraints", () => {
  const equals = (context: Record<string, string>): GrantConstraint => ({ kind: "equals", context });
  const subset = (context: Record<string, string>): GrantConstraint => ({ kind: "subset", context });

  test.for([
    [undefined, {}, true],
    [equals({ a: "1" }), { a: "1" }, true],
    [equals({ a: "1" }), { a: "1", b: "2" }, false],
    [equals({ a: "1" }), { a: "2" }, false],
    [equals({ a: "1" }), {}, false],
    [subset({ a: "1" }), { a: "1" }, true],
    [subset({ a: "1" }), { a: "1", b: "2" }, true],
    [subset({ a: "1" }), { b: "2" }, false],
    [subset({ constructor: "1" }), {}, false],
    [equals({ __proto__: "1" } as never), {}, true], // a literal's __proto__ is no pair
  ] as [GrantConstraint | undefined, Record<string, string>, boolean][])(
    "%j and %j: %s",
    ([constraint, context, holds]) => {
      expect(constraintHolds(constraint, context)).toBe(holds);
    },
  );

  test.for([
    [undefined, undefined, true],
    [equals({ a: "1" }), undefined, true],
    [undefined, subset({ a: "1" }), false],
    [subset({ a: "1", b: "2" }), subset({ a: "1" }), true],
    [subset({ b: "2" }), subset({ a: "1" }), false],
    [equals({ a: "1", b: "2" }), subset({ a: "1" }), true],
    [equals({ a: "1" }), equals({ a: "1" }), true],
    [subset({ a: "1" }), equals({ a: "1" }), false],
    [equals({ a: "1", b: "2" }), equals({ a: "1" }), false],
  ] as [GrantConstraint | undefined, GrantConstraint | undefined, boolean][])(
    "%j under %j: passing it on is %s",
    ([child, parent, allowed]) => {
      expect(asStrict(child, parent)).toBe(allowed);
      const grant = { operations: ["Decrypt"] as const, constraint: child };
      expect(mayPassOn(grantTo(BALANCER, { constraint: parent }), grant)).toBe(allowed);
      expect(mayPassOn(grantTo(BALANCER, { constraint: parent, operations: ["Encrypt"] }), grant)).toBe(false);
    },
  );
});

describe("states", () => {
  // https://docs.aws.amazon.com/kms/latest/developerguide/key-state.html
  test.for([
    ["Decrypt", "disabled", "pending-deletion"],
    ["CreateGrant", "disabled", "pending-deletion"],
    ["DescribeKey", undefined, undefined],
    ["RevokeGrant", undefined, undefined],
    ["CreateAlias", undefined, "pending-deletion"],
    ["DeleteAlias", undefined, undefined],
    ["EnableKey", undefined, "pending-deletion"],
    ["TagResource", undefined, "pending-deletion"],
    ["CancelKeyDeletion", "not-pending-deletion", undefined],
  ] as [KeyOperation, string | undefined, string | undefined][])(
    "%s: disabled %s, pending deletion %s",
    ([operation, disabled, pending]) => {
      expect(stateObjection(operation, "Disabled")).toBe(disabled);
      expect(stateObjection(operation, "PendingDeletion")).toBe(pending);
    },
  );
});
