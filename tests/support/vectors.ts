import { readFileSync } from "node:fs";

/** One test of a file in tests/vectors. `result` is what its publisher expects. */
export interface Vector {
  readonly id: number;
  readonly comment: string;
  readonly result: "valid" | "invalid" | "acceptable";
  readonly flags?: readonly string[];
}

/** The tests of a file, each with what its group has in common. Byte strings are hexadecimal. */
export function vectors<Fields extends string, Shared extends object = object>(
  name: string,
): readonly (Vector & Shared & Readonly<Record<Fields, string>>)[] {
  const { groups } = JSON.parse(readFileSync(new URL(`../vectors/${name}.json`, import.meta.url), "utf8")) as {
    readonly groups: readonly { readonly tests: readonly (Vector & Readonly<Record<Fields, string>>)[] }[];
  };
  return groups.flatMap(({ tests, ...shared }) => tests.map((test) => ({ ...(shared as Shared), ...test })));
}

export function hex(text: string): Buffer {
  return Buffer.from(text, "hex");
}
