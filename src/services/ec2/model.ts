import type * as client from "@aws-sdk/client-ec2";
import type { StaticErrorSchema } from "@smithy/types";
import { shapesOf } from "#aws/schema.ts";
import { type Ec2ErrorName, ERROR_STATUS } from "./error-names.ts";
import file from "./model.json" with { type: "json" };

/** What scripts/ec2-model.ts writes. */
export interface ModelFile {
  /** Input and output of what is performed. */
  readonly operations: Record<string, readonly [input: Reference, output: Reference]>;
  /** The names of what is not. */
  readonly others: readonly string[];
  readonly shapes: Readonly<Record<string, Shape>>;
}

/** A number or `unit` as in the SDK's schemas, `#Name` of a shape, or one of these with the traits of a member. */
export type Reference = number | string | readonly [Reference, traits: unknown];

/** As the SDK's schemas have it, without namespace and name: simple, list or structure. */
export type Shape =
  | readonly [0, traits: unknown, type: number]
  | readonly [1, traits: unknown, member: Reference]
  | readonly [3, traits: unknown, names: readonly string[], types: readonly Reference[], required: number];

/** The SDK's package as the type of the API, and the errors that it does not declare. */
export type Ec2Sdk = typeof client & { readonly [Name in Ec2ErrorName]: abstract new (...args: never[]) => Error };

const NAMESPACE = "com.amazonaws.ec2";

/** The model that is mounted: the SDK's schemas, without the SDK. */
export const sdk: Ec2Sdk = schemas(file as unknown as ModelFile) as unknown as Ec2Sdk;

function schemas({ operations, others, shapes }: ModelFile): Readonly<Record<string, unknown>> {
  const made = new Map<string, unknown>();
  const shape = (name: string): unknown => {
    const known = made.get(name);
    if (known) return known;
    const [kind, traits, ...rest] = shapes[name] ?? [0, 0, 0];
    const schema: unknown[] = [kind, NAMESPACE, name, traits];
    made.set(name, schema);
    if (kind === 3) schema.push(rest[0], (rest[1] as readonly Reference[]).map(resolve), rest[2]);
    else schema.push(kind === 1 ? resolve(rest[0] as Reference) : rest[0]);
    return schema;
  };
  const resolve = (reference: Reference): unknown => {
    if (typeof reference === "object") return [resolve(reference[0]), reference[1]];
    return typeof reference === "string" && reference.startsWith("#") ? () => shape(reference.slice(1)) : reference;
  };
  const operation = (name: string, input: Reference, output: Reference): readonly [string, unknown] => [
    name,
    [9, NAMESPACE, name, 0, resolve(input), resolve(output)],
  ];
  return Object.fromEntries([
    ...Object.entries(operations).map(([name, [input, output]]) => operation(name, input, output)),
    ...others.map((name) => operation(name, "unit", "unit")),
    ...Object.entries(ERROR_STATUS).map(([name, status]) => [name, errorSchema(name, status)]),
  ]);
}

function errorSchema(name: string, httpError: number): StaticErrorSchema {
  const [kind, namespace, id, , members, types] = shapesOf(NAMESPACE).failure(name);
  return [kind, namespace, id, { error: "client", httpError }, members, types];
}
