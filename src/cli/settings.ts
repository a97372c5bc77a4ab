import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Config, readConfig } from "#main/config.ts";
import { ConfigError } from "#main/config-error.ts";
import { OPTIONS } from "#main/options.ts";

/** Reads the settings of a command line that has `count` further arguments. Throws ConfigError for any other. */
export function readSettings(args: readonly string[], count: number): Settings {
  const { flags, words } = parse(args);
  if (words.length > count) throw new ConfigError(`"${words[count]}" is one argument too many`);
  if (words.length < count) throw new ConfigError("an argument is missing");
  const { config: file, ...settings } = flags;
  return {
    words,
    config: readConfig({
      flags: settings,
      environment: process.env,
      ...(file === undefined ? {} : { file: readConfigFile(file) }),
    }),
  };
}

export interface Settings {
  readonly config: Config;
  readonly words: readonly string[];
}

/** A setting with a value takes one; a switch may stand alone. */
function parse(args: readonly string[]): { flags: Record<string, string | undefined>; words: string[] } {
  const settings = Object.entries(OPTIONS).map(([name, { value }]) => [
    name,
    { type: value === undefined ? ("boolean" as const) : ("string" as const) },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(settings), config: { type: "string" } },
      allowNegative: true,
      allowPositionals: true,
    });
    const flags = Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
    return { flags, words: positionals };
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

function readConfigFile(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(`the configuration file cannot be read: ${error instanceof Error ? error.message : path}`);
  }
}
