import type {
  $SchemaRef,
  CommandIO,
  StaticErrorSchema,
  StaticOperationSchema,
  StaticStructureSchema,
} from "@smithy/types";

/** States the shapes of an API that no SDK package has, in the form in which SDK packages carry theirs. */
export interface Shapes {
  /** A structure states its required members first. */
  readonly structure: (
    name: string,
    required: Readonly<Record<string, $SchemaRef>>,
    optional?: Readonly<Record<string, $SchemaRef>>,
  ) => StaticStructureSchema;
  readonly listOf: (name: string, member: $SchemaRef) => $SchemaRef;
  readonly operation: (name: string, input: StaticStructureSchema, output: $SchemaRef) => StaticOperationSchema;
  /** An error that is the client's. */
  readonly failure: (name: string) => StaticErrorSchema;
}

/** The shapes of one namespace: `com.amazonaws.acmpca`. */
export function shapesOf(namespace: string): Shapes {
  return {
    structure(name, required, optional = {}) {
      const members = { ...required, ...optional };
      return [3, namespace, name, 0, Object.keys(members), Object.values(members), Object.keys(required).length];
    },
    listOf: (name, member) => [1, namespace, name, 0, member],
    operation: (name, input, output) => [9, namespace, name, 0, input, output],
    failure: (name) => [-3, namespace, name, { error: "client" }, ["message"], [SHAPE.text]],
  };
}

/** The simple shapes, as NormalizedSchema of @smithy/core numbers them. */
export const SHAPE = { text: 0, number: 1, flag: 2, time: 4, blob: 21, unit: "unit" } as const;

/** What an operation takes and answers. */
export interface Io<Input extends object, Output extends object = object> {
  readonly input: Input;
  readonly output: Output;
}

/** An API in the form of an SDK client package: commands with their input and output, and classes of errors. */
export type SdkOf<Api extends Readonly<Record<keyof Api, Io<object>>>, ErrorNames extends string> = {
  readonly [Name in keyof Api as `${Name & string}Command`]: abstract new (
    ...args: never[]
  ) => CommandIO<Api[Name]["input"], Api[Name]["output"] & { readonly $metadata: object }>;
} & { readonly [Name in ErrorNames]: abstract new (...args: never[]) => Error };
