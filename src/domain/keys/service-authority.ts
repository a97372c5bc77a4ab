import type { Owner } from "#domain/names.ts";
import { type Denial, judgeResource } from "#domain/policies/evaluate.ts";
import { type Facts, factsOf, joinFacts } from "#domain/policies/facts.ts";
import type { KeyRequest } from "./authorization.ts";
import type { GrantOperation } from "./grant.ts";
import type { KeyOperation } from "./key-operations.ts";

/** A service as a principal, also where it may retire the grants that it makes. */
export type ServicePrincipal = typeof ACM | typeof ELB;

/** The principal of Certificate Manager. */
export const ACM = "acm.amazonaws.com";
/** The principal of Elastic Load Balancing. */
export const ELB = "elasticloadbalancing.amazonaws.com";

/** The keys that KMS manages for services. */
export type ServiceAlias = "alias/aws/acm" | "alias/aws/elasticloadbalancing";

/** All that a service may do with keys by itself: with the one that KMS manages for it, and for what it is there for. */
export interface ServiceAuthority {
  readonly service: ServicePrincipal;
  /** What the key is for, as DescribeKey says. */
  readonly description: string;
  readonly uses: readonly KeyOperation[];
  /** What load balancers may do by the grants that it makes. */
  readonly grants: readonly GrantOperation[];
  /** The pair that every encryption context must have, and of which ARNs of the key's account and region it must be. */
  readonly bound: { readonly pair: string; readonly scope: string; readonly resource: string };
}

export const SERVICE_AUTHORITY: Readonly<Record<ServiceAlias, ServiceAuthority>> = {
  "alias/aws/acm": {
    service: ACM,
    description: "Default key that protects my ACM private keys when no other key is defined",
    uses: ["GenerateDataKey", "Decrypt"],
    grants: ["Decrypt", "DescribeKey"],
    bound: { pair: "aws:acm:arn", scope: "acm", resource: "certificate/*" },
  },
  "alias/aws/elasticloadbalancing": {
    service: ELB,
    description: "Default key that protects the client secrets of my listener rules",
    uses: ["GenerateDataKey"],
    grants: ["Decrypt", "DescribeKey"],
    bound: {
      pair: "aws:elasticloadbalancing:arn",
      scope: "elasticloadbalancing",
      resource: "loadbalancer/*",
    },
  },
};

/** The statements of a key's policy that give a service its authority. */
export function serviceStatements(
  { service, uses, grants, bound }: ServiceAuthority,
  { account, region }: Owner,
): readonly Readonly<Record<string, unknown>>[] {
  const arn = (scope: string, resource: string): string => `arn:aws:${scope}:${region}:${account}:${resource}`;
  const StringEquals = { "kms:CallerAccount": account, "kms:ViaService": viaService(service, region) };
  const StringLike = { [`kms:EncryptionContext:${bound.pair}`]: arn(bound.scope, bound.resource) };
  const to = { Effect: "Allow", Principal: { Service: service }, Resource: "*" };
  return [
    {
      Sid: "Allow the service to use the key for what it keeps for the account",
      ...to,
      Action: uses.map((operation) => `kms:${operation}`),
      Condition: { StringEquals, StringLike },
    },
    {
      Sid: "Allow the service to let load balancers use it",
      ...to,
      Action: "kms:CreateGrant",
      Condition: {
        StringEquals: { ...StringEquals, "kms:GrantConstraintType": "EncryptionContextEquals" },
        "ForAllValues:StringEquals": { "kms:GrantOperations": grants },
        StringLike: { ...StringLike, "kms:GranteePrincipal": arn("elasticloadbalancing", "loadbalancer/*") },
      },
    },
  ];
}

/** A use of a key by a service for an account: `facts` are what `keyFacts` and `grantFacts` say of it. */
export interface ServiceRequest extends Pick<KeyRequest, "operation" | "key" | "facts"> {
  readonly service: ServicePrincipal;
  readonly owner: Owner;
}

/** Why a service may not: it may do what the key's policy lets it, and nothing else; undefined when it may. */
export function serviceObjection({ service, owner, operation, key, facts }: ServiceRequest): Denial | undefined {
  const known: Facts = joinFacts(
    facts,
    factsOf({ "kms:CallerAccount": owner.account, "kms:ViaService": viaService(service, owner.region) }),
  );
  const asked = { action: `kms:${operation}`, resource: key.arn, facts: known };
  const effect = judgeResource(asked, key.policy, { account: undefined, arn: service, service });
  if (effect === "itself") return undefined;
  return { allowed: false, explicit: effect === "Deny", layer: "resource-based policy" };
}

/** What `kms:ViaService` says: `acm.eu-west-1.amazonaws.com`. */
function viaService(service: ServicePrincipal, region: string): string {
  return service.replace(/^[^.]+/, (name) => `${name}.${region}`);
}
