import { parseArn } from "#domain/arn.ts";
import type { Caller, Owner } from "#domain/names.ts";
import { judgeOwn, reasonOf } from "#domain/policies/evaluate.ts";
import { type Facts, factsOf, joinFacts } from "#domain/policies/facts.ts";

/** What a caller must be allowed for an operation, of all its resources. */
export interface Access {
  /** Where it is not the operation's own name. */
  readonly action?: string;
  /** ARNs; `*` for operations that are about none. */
  readonly resources: readonly string[];
  /** The service's own condition keys. */
  readonly facts?: Facts;
  /** What it needs besides, of another service. */
  readonly also?: Access;
}

/**
 * How it is decided who may call an operation: by the caller's policies, about the resources that the rule finds in the
 * input; by the service itself, which knows more (`service`); or not at all (`anybody`).
 */
export type AccessRule<Input, Deps> =
  | "service"
  | "anybody"
  | ((input: Input, caller: Caller, deps: Deps) => Access | "service" | Promise<Access>);

/**
 * What a caller must be allowed besides to give tags to what an operation makes: the action, of the resources that the
 * operation itself is about; or, where that is not so, all of it.
 */
export type TaggingRule<Input> = string | ((input: Input, caller: Caller) => Access);

/** Why a caller may not, in AWS's words; undefined when it may. */
export function objectionTo(caller: Caller, action: string, access: Access, tags: Facts): string | undefined {
  const { authority, facts = {} } = caller;
  const name = access.action ?? action;
  const known = joinFacts(facts, authority?.facts ?? {}, access.facts ?? {}, tags);
  for (const resource of access.resources) {
    const verdict = judgeOwn({ action: name, resource, facts: known }, authority ?? { identity: [], facts: {} });
    if (!verdict.allowed) return denial(caller, name, resource, reasonOf(verdict, name));
  }
  return access.also && objectionTo(caller, action, access.also, tags);
}

/** `User: … is not authorized to perform: … on resource: … because …` */
export function denial(caller: Pick<Caller, "arn">, action: string, resource: string, reason: string): string {
  return `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ${reason}`;
}

/** The resources of a service that an input names by their ARNs, at its top. */
export function namedResources(input: object, scope: string): readonly string[] {
  const texts = Object.entries(input).flatMap(([name, value]: [string, unknown]) =>
    /arns?$/i.test(name) ? (Array.isArray(value) ? value : [value]) : [],
  );
  return texts.filter((text): text is string => typeof text === "string" && parseArn(text)?.service === scope);
}

/** The ARN of something of a region and account. */
export function regionalArn(scope: string, { region, account }: Owner, resource: string): string {
  return `arn:aws:${scope}:${region}:${account}:${resource}`;
}

/** `aws:RequestTag/…` and `aws:TagKeys`, of what a request would tag or untag. */
export function tagFacts(input: Readonly<Record<string, unknown>>): Facts {
  const tags = givenTags(input).map(readTag);
  const keys: unknown = input["TagKeys"] ?? input["RemoveTagKeys"];
  const named = Array.isArray(keys) ? keys.filter((key) => typeof key === "string") : [];
  const all = [...tags.flatMap((tag) => tag?.key ?? []), ...named];
  return factsOf({
    ...(all.length > 0 && { "aws:TagKeys": all }),
    ...Object.fromEntries(tags.flatMap((tag) => (tag ? [[`aws:RequestTag/${tag.key}`, tag.value]] : []))),
  });
}

/** Whether a request would tag anything. */
export function givesTags(input: Readonly<Record<string, unknown>>): boolean {
  return givenTags(input).length > 0;
}

/** EC2 says of each tag what it is for: `TagSpecifications: [{ ResourceType, Tags }]`. */
function givenTags(input: Readonly<Record<string, unknown>>): readonly unknown[] {
  return Object.entries(input).flatMap(([name, value]) => {
    if (!Array.isArray(value)) return [];
    if (/^(Tags?|TagList|AddTags)$/i.test(name)) return value;
    if (name !== "TagSpecifications") return [];
    return value.flatMap((one) => givenTags((one ?? {}) as Readonly<Record<string, unknown>>));
  });
}

/** The tags of a resource as condition keys: `aws:ResourceTag/…`. */
export function resourceTagFacts(tags: readonly { readonly key: string; readonly value: string }[]): Facts {
  return factsOf(Object.fromEntries(tags.map(({ key, value }) => [`aws:ResourceTag/${key}`, value])));
}

/** Tags are `{Key, Value}` almost everywhere, and `{TagKey, TagValue}` in KMS. */
function readTag(tag: unknown): { readonly key: string; readonly value: string } | undefined {
  const { Key, TagKey, Value, TagValue } = (tag ?? {}) as Readonly<Record<string, unknown>>;
  const key = Key ?? TagKey;
  const value = Value ?? TagValue ?? "";
  return typeof key === "string" && typeof value === "string" ? { key, value } : undefined;
}
