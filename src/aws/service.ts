import { NormalizedSchema } from "@smithy/core/schema";
import type { CommandIO, StaticErrorSchema, StaticOperationSchema } from "@smithy/types";
import type { Caller, Owner } from "#domain/names.ts";
import type { RefusalCode } from "#domain/refusal.ts";
import { type Access, type AccessRule, namedResources, type TaggingRule } from "./access.ts";
import type { Facts } from "./facts.ts";
import type { Rules } from "./rules.ts";

/** The operations an SDK client package knows: `"RequestCertificate" | "DescribeCertificate" | …`. */
export type OperationName<Sdk> = keyof { [K in keyof Sdk as K extends `${infer Name}Command` ? Name : never]: true };

/** What one operation does: checked input, who asks, and the parts it needs; answers in the SDK's own shape. */
export type Operation<Sdk, Name extends OperationName<Sdk>, Deps> = Name extends string
  ? Sdk[`${Name}Command` & keyof Sdk] extends abstract new (
      ...args: never[]
    ) => CommandIO<infer In, infer Out>
    ? (input: Checked<In>, caller: Caller, deps: Deps) => Answer<Out> | Promise<Answer<Out>>
    : never
  : never;

/** An operation's input as its handler gets it: required members are there. */
export type InputOf<Sdk, Name extends OperationName<Sdk>> = Parameters<Operation<Sdk, Name, never>>[0];

/** The operations a service performs. One that is missing answers 501 and stands in docs/parity. */
export type Operations<Sdk, Deps> = { readonly [Name in OperationName<Sdk>]?: Operation<Sdk, Name, Deps> };

/** One AWS service: its SDK package is the model of what goes over the wire. */
export interface Service<Sdk, Deps, Refused extends RefusalCode = RefusalCode> {
  readonly name: string;
  readonly sdk: Sdk;
  readonly facts: Facts;
  readonly operations: Operations<Sdk, Deps>;
  /** What its members must satisfy beyond their types. */
  readonly rules: Rules;
  /** How many requests a second AWS takes of an account in a region; no limit for those that are not named. */
  readonly rates?: Readonly<Partial<Record<OperationName<Sdk>, number>>>;
  /** Who may call what, where that is not asked of the caller's policies about the resources that the input names. */
  readonly access?: AccessRules<Sdk, Deps>;
  /** What callers must be allowed besides to make something with tags, where AWS asks for it. */
  readonly tagging?: TaggingRules<Sdk>;
  /** The ARNs of the resources that an input names, for services that name them otherwise; none for `*`. */
  readonly resourcesOf?: (
    operation: string,
    input: Readonly<Record<string, unknown>>,
    owner: Owner,
  ) => readonly string[];
  /** The tags of a resource of the caller's by its ARN, for policies that ask for them; none when it is not there. */
  readonly tagsOf?: (arn: string, caller: Caller, deps: Deps) => Promise<readonly Tag[]>;
  /** How this service names what the domain refuses. A new code of its groups does not compile until it is named. */
  readonly refusals: Readonly<Record<Refused, ErrorName<Sdk>>>;
}

export type AccessRules<Sdk, Deps> = {
  readonly [Name in OperationName<Sdk>]?: AccessRule<InputOf<Sdk, Name>, Deps>;
};

export type TaggingRules<Sdk> = {
  readonly [Name in OperationName<Sdk>]?: TaggingRule<InputOf<Sdk, Name>>;
};

export interface Tag {
  readonly key: string;
  readonly value: string;
}

/** An error of the AWS API; status and member names follow from the SDK's schema of that name. */
export class AwsError extends Error {
  override readonly name = "AwsError";
  readonly code: string;
  readonly members: Readonly<Record<string, unknown>>;

  constructor(code: string, message: string, members: Readonly<Record<string, unknown>> = {}) {
    super(message);
    this.code = code;
    this.members = members;
  }
}

/** The errors that an SDK package declares, and those common to all services. */
export type ErrorName<Sdk> =
  | ({ [K in keyof Sdk]: Sdk[K] extends abstract new (...args: never[]) => Error ? K : never }[keyof Sdk] & string)
  | CommonError;

/** https://docs.aws.amazon.com/STS/latest/APIReference/CommonErrors.html, in their JSON names. */
export type CommonError =
  | "AccessDeniedException"
  | "InternalFailure"
  | "ThrottlingException"
  | "ValidationError"
  | "ValidationException";

/** A service with its dependencies closed over: all that the gateway needs to know. */
export interface MountedService {
  readonly name: string;
  readonly facts: Facts;
  readonly operations: ReadonlyMap<string, OperationModel>;
  readonly errors: ReadonlyMap<string, StaticErrorSchema>;
  readonly rules: Rules;
  readonly rates: Readonly<Record<string, number | undefined>>;
  readonly refusals: Readonly<Partial<Record<RefusalCode, string>>>;
  handler(operation: string): ((input: object, caller: Caller) => unknown) | undefined;
  access(operation: string, input: object, caller: Caller): "service" | "anybody" | Access | Promise<Access>;
  /** What giving tags needs besides what the operation needs of those resources; undefined for nothing. */
  tagging(operation: string, input: object, caller: Caller, resources: readonly string[]): Access | undefined;
  tagsOf(arn: string, caller: Caller): Promise<readonly Tag[]>;
}

export interface OperationModel {
  readonly name: string;
  readonly input: NormalizedSchema;
  readonly output: NormalizedSchema;
  /** Method, URI pattern and success status, for the REST protocols. */
  readonly http: readonly [method: string, uri: string, status: number] | undefined;
}

/** Closes a service over its dependencies. */
export function mount<Sdk extends object, Deps, Refused extends RefusalCode>(
  service: Service<Sdk, Deps, Refused>,
  deps: Deps,
): MountedService {
  // Here, and only here, an operation's input type is forgotten: the protocol reader checks it against the schema.
  const handlers = new Map(Object.entries(service.operations)) as ReadonlyMap<
    string,
    (input: object, caller: Caller, deps: Deps) => unknown
  >;
  const rules = new Map(Object.entries(service.access ?? {})) as ReadonlyMap<string, AccessRule<object, Deps>>;
  const tagging = new Map(Object.entries(service.tagging ?? {})) as ReadonlyMap<string, TaggingRule<object>>;
  const schemas: unknown[] = Object.values(service.sdk);
  return {
    name: service.name,
    facts: service.facts,
    rules: service.rules,
    rates: service.rates ?? {},
    refusals: service.refusals as Readonly<Partial<Record<RefusalCode, string>>>,
    operations: new Map(schemas.filter(isOperation).map((schema) => [schema[2], operationModel(schema)])),
    errors: new Map(schemas.filter(isError).map((schema) => [schema[2], schema])),
    handler(operation) {
      const handler = handlers.get(operation);
      return handler && ((input, caller) => handler(input, caller, deps));
    },
    access(operation, input, caller) {
      const rule = rules.get(operation);
      if (rule !== undefined) return typeof rule === "function" ? rule(input, caller, deps) : rule;
      const own = service.resourcesOf?.(operation, input as Readonly<Record<string, unknown>>, caller);
      const resources = own ?? namedResources(input, service.facts.scope);
      return { resources: resources.length > 0 ? resources : ["*"] };
    },
    tagging(operation, input, caller, resources) {
      const rule = tagging.get(operation);
      return typeof rule === "string" ? { action: rule, resources } : rule?.(input, caller);
    },
    tagsOf: async (arn, caller) => (await service.tagsOf?.(arn, caller, deps)) ?? [],
  };
}

/** The SDK types a required member `T | undefined`; the reader has checked that it is there. */
type Checked<T> = T extends Date | Uint8Array
  ? T
  : T extends object
    ? { [K in keyof T]: Checked<Exclude<T[K], undefined>> }
    : T;

// biome-ignore lint/suspicious/noConfusingVoidType: an operation without output returns nothing
type Answer<Out> = Exclude<keyof Out, "$metadata"> extends never ? void | object : Omit<Out, "$metadata">;

function operationModel([, , name, traits, input, output]: StaticOperationSchema): OperationModel {
  const http = typeof traits === "object" ? traits.http : undefined;
  return { name, input: NormalizedSchema.of(input), output: NormalizedSchema.of(output), http };
}

const isOperation = (schema: unknown): schema is StaticOperationSchema => Array.isArray(schema) && schema[0] === 9;
const isError = (schema: unknown): schema is StaticErrorSchema => Array.isArray(schema) && schema[0] === -3;
