import { resolve } from "node:path";
import { parseArgs } from "node:util";
import { ConfigError } from "#main/config-error.ts";

/** Reads flags that all take a value, and `count` further words. Throws ConfigError for any other. */
export function readFlags<const Name extends string>(
  args: readonly string[],
  names: readonly Name[],
  count = 0,
): { readonly flags: Readonly<Partial<Record<Name, string>>>; readonly words: readonly string[] } {
  try {
    const options = Object.fromEntries(names.map((name) => [name, { type: "string" as const }]));
    const { values, positionals } = parseArgs({ args: [...args], options, allowPositionals: true });
    if (positionals.length !== count) throw new ConfigError(wrongWords(positionals, count));
    return { flags: values as Partial<Record<Name, string>>, words: positionals };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

/** The data directory that was given, absolute. Throws ConfigError where none was. */
export function dataDirOf({ "data-dir": dataDir }: { readonly "data-dir"?: string }): string {
  if (dataDir === undefined) throw new ConfigError("say where the edge keeps its files: --data-dir DIR");
  return resolve(dataDir);
}

function wrongWords(words: readonly string[], count: number): string {
  return words.length > count ? `"${words[count]}" is one argument too many` : "an argument is missing";
}
