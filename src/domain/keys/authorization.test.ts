import { readFile } from "node:fs/promises";
import { describe, expect, test } from "vitest";
import { edgeArn, keyArn, rootArn } from "#domain/arn.ts";
import type { AccountId, Caller, Region } from "#domain/names.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import { decide, judgeRetirement, mayPassOn } from "./authorization.ts";
import { asStrict, constraintHolds, GRANT_OPERATIONS, type Grant, type GrantConstraint } from "./grant.ts";
import {
  KEY_OPERATION_NAMES,
  type KeyManager,
  type KeyOperation,
  keyOperation,
  stateObjection,
} from "./key-operations.ts";
import { policyOf } from "./key-policy.ts";

const OWNER = "111122223333" as AccountId;
const STRANGER = "444455556666" as AccountId;
const OWNED = { account: OWNER, region: "eu-west-1" as Region };
const KEY = keyArn(OWNED, "1");
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

/** What the SDK's own page of an operation says of "Cross-account use". */
async function crossAccountUse(operation: KeyOperation): Promise<string | undefined> {
  const command = `../dist-types/commands/${operation.replace(/^ReEncrypt(From|To)$/, "ReEncrypt")}Command.d.ts`;
  const page = await readFile(new URL(command, import.meta.resolve("@aws-sdk/client-kms")), "utf8");
  return /<b>Cross-account use<\/b>:\s*(Yes|No)\b/.exec(page)?.[1];
}

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
  const key = { account: OWNER, arn: KEY, policy: policyOf({ ...OWNED, manager, policy: undefined }) };
  const decision = decide({ operation, caller: CALLERS[who], key, context, facts: {}, grants, carried });
  return decision.allowed ? decision.by : "denied";
}

describe("without a grant", () => {
  const LOOKING = [
    "DescribeKey",
    "GetKeyLastUsage",
    "GetKeyPolicy",
    "GetKeyRotationStatus",
    "GetParametersForImport",
    "GetPublicKey",
    "ListAliases",
    "ListGrants",
    "ListKeyPolicies",
    "ListKeyRotations",
    "ListResourceTags",
    "RevokeGrant",
  ];

  test("the account may do everything with its own keys; with AWS managed keys it may look, and revoke grants", () => {
    for (const operation of KEY_OPERATION_NAMES) {
      expect([operation, ask("owner", operation, "CUSTOMER")]).toEqual([operation, "policy"]);
      const managed = LOOKING.includes(operation) ? "policy" : "denied";
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

describe("users, roles and key policies", () => {
  const USER = `arn:aws:iam::${OWNER}:user/u`;
  const ROLE = `arn:aws:iam::${OWNER}:role/r`;
  const ROLE_ID = "AROAAAAAAAAAAAAAAAAAA";
  const SESSION = `arn:aws:sts::${OWNER}:assumed-role/r/s`;
  const may = (...actions: readonly string[]) =>
    readPolicyDocument(
      JSON.stringify({ Version: "2012-10-17", Statement: { Effect: "Allow", Action: actions, Resource: "*" } }),
      "identity",
    );
  type Statement = Readonly<Record<string, unknown>>;
  const policy = (...statements: readonly Statement[]) =>
    JSON.stringify({
      Version: "2012-10-17",
      Statement: statements.map((one) => ({ Effect: "Allow", Action: "kms:*", Resource: "*", ...one })),
    });
  const user = (
    account = OWNER,
    ...actions: readonly string[]
  ): Pick<Caller, "kind" | "account" | "arn" | "authority"> => {
    const arn = account === OWNER ? USER : `arn:aws:iam::${account}:user/u`;
    const identity = actions.length > 0 ? [may(...actions)] : [];
    return { kind: "user", account, arn, authority: { identity, facts: { "aws:principalarn": [arn] } } };
  };
  const session = (...actions: readonly string[]): ReturnType<typeof user> => ({
    kind: "role",
    account: OWNER,
    arn: SESSION,
    authority: {
      identity: [may("acm:*")],
      session: [may(...actions)],
      facts: { "aws:principalarn": [ROLE], "aws:userid": [`${ROLE_ID}:s`] },
    },
  });
  const judge = (caller: ReturnType<typeof user>, text: string | undefined, grants: readonly Grant[] = []) => {
    const key = { account: OWNER, arn: KEY, policy: policyOf({ ...OWNED, manager: "CUSTOMER", policy: text }) };
    const decision = decide({ operation: "Decrypt", caller, key, context: CONTEXT, facts: {}, grants });
    if (decision.allowed) return decision.by;
    return `${decision.explicit ? "denied by" : "not allowed by"} ${decision.layer}`;
  };

  test.each<[why: string, caller: ReturnType<typeof user>, policy: string | undefined, decision: string]>([
    ["the default policy leaves it to the user's own", user(OWNER, "kms:Decrypt"), undefined, "policy"],
    ["a user without policies", user(), undefined, "not allowed by identity-based policy"],
    [
      "a user without authority",
      { ...user(), authority: undefined },
      undefined,
      "not allowed by identity-based policy",
    ],
    [
      "a key policy that does not name the account",
      user(OWNER, "kms:*"),
      policy({ Principal: { AWS: ROLE } }),
      "not allowed by resource-based policy",
    ],
    ["a key policy that names the user is enough", user(), policy({ Principal: { AWS: USER } }), "policy"],
    [
      "a key policy that denies",
      user(OWNER, "kms:*"),
      policy({ Principal: { AWS: OWNER } }, { Effect: "Deny", Principal: { AWS: USER } }),
      "denied by resource-based policy",
    ],
    [
      "a session beyond its session policy",
      session("kms:Sign"),
      policy({ Principal: { AWS: ROLE } }),
      "not allowed by session policy",
    ],
    [
      "a session of a role that the key policy names",
      session("kms:Decrypt"),
      policy({ Principal: { AWS: ROLE } }),
      "policy",
    ],
    [
      "a session that the key policy names itself",
      session("kms:Sign"),
      policy({ Principal: { AWS: SESSION } }),
      "policy",
    ],
    [
      "a foreign user that the key policy names, without a policy of its own",
      user(STRANGER),
      policy({ Principal: { AWS: `arn:aws:iam::${STRANGER}:user/u` } }),
      "not allowed by identity-based policy",
    ],
    [
      "a foreign user that both name",
      user(STRANGER, "kms:Decrypt"),
      policy({ Principal: { AWS: STRANGER } }),
      "policy",
    ],
    [
      "a foreign user with everything but a word of the key",
      user(STRANGER, "*"),
      undefined,
      "not allowed by resource-based policy",
    ],
    [
      "a condition that does not hold",
      user(),
      policy({ Principal: "*", Condition: { Bool: { "aws:SecureTransport": true } } }),
      "not allowed by resource-based policy",
    ],
  ])("%s", (_, caller, text, decision) => {
    expect(judge(caller, text)).toBe(decision);
  });

  test("another account uses a key, and never administers it, whatever policies and grants say", async () => {
    const key = { account: OWNER, arn: KEY, policy: readPolicyDocument(policy({ Principal: "*" }), "key") };
    const asked = { caller: user(STRANGER, "*"), key, context: CONTEXT, facts: {} };
    const grants = [grantTo(`arn:aws:iam::${STRANGER}:user/u`, { constraint: undefined })];
    for (const operation of KEY_OPERATION_NAMES) {
      const { allowed } = decide({ ...asked, operation, grants });
      expect([operation, allowed ? "Yes" : "No"]).toEqual([operation, await crossAccountUse(operation)]);
    }
  });

  test("a grant to a role is for its sessions; a Deny is stronger than any grant", () => {
    const grants = [grantTo(ROLE_ID)];
    expect(judge(session("acm:*"), undefined, grants)).toBe("grant");
    expect(judge(session("acm:*"), policy({ Effect: "Deny", Principal: "*" }), grants)).toBe(
      "denied by resource-based policy",
    );
    expect(judge(user(), undefined, grants)).toBe("not allowed by identity-based policy");
  });

  test("a key policy for everybody is not for edges, whose keys are none of the account's", () => {
    const edge = CALLERS["edge of the owner"];
    const everybody = policy({ Principal: "*" }, { Principal: { AWS: OWNER } });
    expect(judge(edge, everybody)).toBe("not allowed by resource-based policy");
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
    const verdict = judgeRetirement({ caller: CALLERS[who], key: { arn: KEY }, facts: {} }, grantTo(BALANCER, more));
    expect(verdict.allowed).toBe(allowed);
  });

  const ID = "AIDAAAAAAAAAAAAAAAAAA";
  const says = (Effect: string, Action = "kms:RetireGrant") =>
    readPolicyDocument(JSON.stringify({ Statement: { Effect, Action, Resource: "*" } }), "identity");
  const retires = (account: AccountId, policies: readonly ReturnType<typeof says>[], more: Partial<Grant> = {}) => {
    const arn = `arn:aws:iam::${account}:user/u`;
    const authority = { identity: policies, facts: { "aws:principalarn": [arn], "aws:userid": [ID] } };
    const caller = { kind: "user" as const, account, arn, authority };
    const verdict = judgeRetirement({ caller, key: { arn: KEY }, facts: {} }, grantTo(BALANCER, more));
    return verdict.allowed ? "allowed" : verdict.explicit ? "denied" : "not allowed";
  };

  test("a user whom the grant names needs no policy, and a Deny in its own policies is stronger", () => {
    for (const named of [{ retiringPrincipal: ID }, { granteePrincipal: ID }]) {
      expect(retires(STRANGER, [], named)).toBe("allowed");
      expect(retires(STRANGER, [says("Allow", "*"), says("Deny")], named)).toBe("denied");
    }
  });

  test("a user whom it does not name needs leave, and an account that may retire it", () => {
    expect(retires(OWNER, [])).toBe("not allowed");
    expect(retires(OWNER, [says("Allow")])).toBe("allowed");
    expect(retires(STRANGER, [says("Allow")])).toBe("not allowed");
    expect(retires(STRANGER, [says("Allow")], { retiringPrincipal: rootArn(STRANGER) })).toBe("allowed");
    expect(retires(STRANGER, [], { retiringPrincipal: rootArn(STRANGER) })).toBe("not allowed");
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
