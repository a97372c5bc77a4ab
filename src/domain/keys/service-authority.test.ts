import { describe, expect, test } from "vitest";
import { keyArn, rootArn } from "#domain/arn.ts";
import type { AccountId, Region } from "#domain/names.ts";
import { factsOf, joinFacts } from "#domain/policies/facts.ts";
import { readPolicyDocument } from "#domain/policies/read-document.ts";
import type { EncryptionContext } from "#lib/encryption-context.ts";
import { decide } from "./authorization.ts";
import { GRANT_OPERATIONS, type GrantOperation } from "./grant.ts";
import { grantFacts, keyFacts } from "./key-facts.ts";
import { KEY_OPERATION_NAMES, type KeyOperation } from "./key-operations.ts";
import { servicePolicy } from "./key-policy.ts";
import { SYMMETRIC } from "./key-specs.ts";
import type { KeyId } from "./names.ts";
import { ACM, ELB, type ServiceAlias, type ServicePrincipal, serviceObjection } from "./service-authority.ts";

const OWNER = { account: "111122223333" as AccountId, region: "eu-west-1" as Region };
const STRANGER = { account: "444455556666" as AccountId, region: OWNER.region };
const KEY = { ...OWNER, ...SYMMETRIC, id: "1" as KeyId, origin: "AWS_KMS" as const };
const CERTIFICATE = "arn:aws:acm:eu-west-1:111122223333:certificate/1";
const BALANCER = "arn:aws:elasticloadbalancing:eu-west-1:111122223333:loadbalancer/app/web/0123456789abcdef";
const OWN: Readonly<Record<ServicePrincipal, { readonly alias: ServiceAlias; readonly context: EncryptionContext }>> = {
  [ACM]: { alias: "alias/aws/acm", context: { "aws:acm:arn": CERTIFICATE } },
  [ELB]: {
    alias: "alias/aws/elasticloadbalancing",
    context: { "aws:elasticloadbalancing:arn": BALANCER, "sealkeeper:secret": "1" },
  },
};
const SERVICES = [ACM, ELB] as const;

interface Use {
  readonly alias?: ServiceAlias;
  readonly context?: EncryptionContext;
  readonly owner?: typeof OWNER;
  readonly grantee?: string;
  readonly grants?: readonly GrantOperation[];
  readonly constraint?: "equals" | "subset";
}

/** What a service does with its own key as it usually does, unless told otherwise. */
function may(service: ServicePrincipal, operation: KeyOperation, use: Use = {}): boolean {
  const { alias, context, owner = OWNER, grantee = BALANCER } = { ...OWN[service], ...use };
  const constraint = { kind: use.constraint ?? "equals", context } as const;
  const grant = grantFacts({ granteePrincipal: grantee, operations: use.grants ?? ["Decrypt"], constraint });
  const facts = joinFacts(keyFacts(KEY, { context }, owner), operation === "CreateGrant" ? grant : {});
  const policy = readPolicyDocument(servicePolicy(alias, OWNER), "key");
  const key = { account: OWNER.account, arn: keyArn(OWNER, "1"), policy };
  return serviceObjection({ service, owner, operation, key, facts }) === undefined;
}

const allowed = (service: ServicePrincipal, use?: Use): readonly KeyOperation[] =>
  KEY_OPERATION_NAMES.filter((operation) => may(service, operation, use));

describe("services", () => {
  test("may do this with their own keys, and nothing else", () => {
    expect(allowed(ACM)).toEqual(["CreateGrant", "Decrypt", "GenerateDataKey"]);
    expect(allowed(ELB)).toEqual(["CreateGrant", "GenerateDataKey"]);
  });

  test.each<[why: string, use: Use]>([
    ["in no context", { context: {} }],
    ["for a certificate of another account", { context: { "aws:acm:arn": CERTIFICATE.replace("1111", "4444") } }],
    ["for a certificate of another Region", { context: { "aws:acm:arn": CERTIFICATE.replace("west-1", "west-2") } }],
    ["for what is no certificate", { context: { "aws:acm:arn": BALANCER } }],
    ["for another account", { owner: STRANGER }],
    ["in another Region", { owner: { ...OWNER, region: "eu-west-2" as Region } }],
  ])("may do nothing %s", (_, use) => {
    for (const service of SERVICES) {
      const context = service === ELB && use.context ? { "aws:elasticloadbalancing:arn": CERTIFICATE } : undefined;
      expect(allowed(service, { ...use, ...(context && { context }) })).toEqual([]);
    }
  });

  test("may do nothing with the key of the other one, whatever the context", () => {
    for (const [service, other] of [
      [ACM, ELB],
      [ELB, ACM],
    ] as const) {
      expect(allowed(service, { alias: OWN[other].alias })).toEqual([]);
      expect(allowed(service, OWN[other])).toEqual([]);
    }
  });

  test("grant decrypting and describing to load balancers of the account, in one context", () => {
    for (const service of SERVICES) {
      const grants = GRANT_OPERATIONS.filter((one) => may(service, "CreateGrant", { grants: ["Decrypt", one] }));
      expect(grants).toEqual(["Decrypt", "DescribeKey"]);
      expect(may(service, "CreateGrant", { constraint: "subset" })).toBe(false);
      for (const grantee of [rootArn(OWNER.account), BALANCER.replace("1111", "4444"), "AIDAAAAAAAAAAAAAAAAAA"]) {
        expect([grantee, may(service, "CreateGrant", { grantee })]).toEqual([grantee, false]);
      }
    }
  });

  test("are nobody's way around: a user who may do everything cannot use their keys, not with their facts either", () => {
    const everything = { Statement: { Effect: "Allow", Action: "*", Resource: "*" } };
    const identity = [readPolicyDocument(JSON.stringify(everything), "identity")];
    const arn = `arn:aws:iam::${OWNER.account}:user/u`;
    const caller = { kind: "user" as const, account: OWNER.account, arn, authority: { identity, facts: {} } };
    for (const service of SERVICES) {
      const { alias, context } = OWN[service];
      const policy = readPolicyDocument(servicePolicy(alias, OWNER), "key");
      const key = { account: OWNER.account, arn: keyArn(OWNER, "1"), policy };
      const via = factsOf({ "kms:ViaService": service.replace(".", ".eu-west-1.") });
      for (const facts of [{}, via]) {
        const known = joinFacts(keyFacts(KEY, { context }, OWNER), facts);
        const did = KEY_OPERATION_NAMES.filter(
          (operation) => decide({ operation, caller, key, context, facts: known, grants: [] }).allowed,
        );
        expect(did.filter((name) => !/^(Describe|Get|List)|^RevokeGrant$/.test(name))).toEqual([]);
      }
    }
  });
});
