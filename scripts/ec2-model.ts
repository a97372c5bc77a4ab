/**
 * Writes src/services/ec2/model.json from the SDK: the shapes of the operations that are performed, and the names of the
 * others. The whole package takes 0.3 s and 70 MB to import, which every start would pay (docs/decisions/0024).
 * usage: node scripts/ec2-model.ts [--check]
 */
import { readFileSync, writeFileSync } from "node:fs";
import * as sdk from "@aws-sdk/client-ec2";
import { ec2 } from "#services/ec2/index.ts";
import type { ModelFile, Reference, Shape } from "#services/ec2/model.ts";

const path = new URL("../src/services/ec2/model.json", import.meta.url);
const text = written(modelOf(Object.keys(ec2.operations)));
if (readFileSync(path, "utf8") !== text) {
  if (process.argv.includes("--check")) {
    console.log("src/services/ec2/model.json is out of date: npm run generate");
    process.exitCode = 1;
  } else {
    writeFileSync(path, text);
    console.log(`wrote src/services/ec2/model.json, ${text.length} bytes`);
  }
}

function modelOf(performed: readonly string[]): ModelFile {
  const shapes: Record<string, Shape> = {};
  const reference = (given: unknown): Reference => {
    const schema: unknown = typeof given === "function" ? given() : given;
    if (typeof schema === "number" || schema === "unit") return schema;
    if (!Array.isArray(schema)) throw new Error(`a schema of an unknown form: ${String(schema)}`);
    if (schema.length === 2) return [reference(schema[0]), schema[1]];
    const name = schema[2] as string;
    if (!shapes[name]) {
      shapes[name] = [0, 0, 0]; // shapes may refer to themselves
      shapes[name] = shape(schema, reference);
    }
    return `#${name}`;
  };
  const operations: ModelFile["operations"] = {};
  const others: string[] = [];
  for (const schema of Object.values(sdk) as readonly unknown[]) {
    if (!Array.isArray(schema) || schema[0] !== 9) continue;
    const name = schema[2] as string;
    if (performed.includes(name)) operations[name] = [reference(schema[4]), reference(schema[5])];
    else others.push(name);
  }
  return { operations, others: others.sort(), shapes };
}

function shape([kind, , , traits, ...rest]: readonly unknown[], reference: (schema: unknown) => Reference): Shape {
  if (kind === 3) {
    const [names, types, required] = rest as [string[], unknown[], number?];
    return [3, traits, names, types.map(reference), required ?? 0];
  }
  if (kind === 1) return [1, traits, reference(rest[0])];
  if (kind === 0) return [0, traits, rest[0] as number];
  throw new Error(`a shape of an unknown kind: ${String(kind)}`);
}

/** One line a shape, so that changes can be read. */
function written({ operations, others, shapes }: ModelFile): string {
  const lines = (entries: Readonly<Record<string, unknown>>): string =>
    Object.keys(entries)
      .sort()
      .map((name) => `${JSON.stringify(name)}:${JSON.stringify(entries[name])}`)
      .join(",\n");
  return `{"operations":{\n${lines(operations)}},\n"others":${JSON.stringify(others)},\n"shapes":{\n${lines(shapes)}}}\n`;
}
