import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Config, readConfig } from "#main/config.ts";
import { ConfigError } from "#main/config-error.ts";
import { OPTIONS } from "#main/options.ts";

/**
 * Reads the settings of a command line that has `count` further arguments, and the flags that are a command's own. Throws
 * ConfigError for any other.
 */
export function readSettings(args: readonly string[], count: number, ownFlags: OwnFlags = {}): Settings {
  const { flags, words, own } = parse(args, ownFlags);
  if (words.length > count) throw new ConfigError(`"${words[count]}" is one argument too many`);
  if (words.length < count) throw new ConfigError("an argument is missing");
  const { config: file, ...settings } = flags;
  return {
    words,
    own,
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
  /** The command's own flags that were given; a switch is "true" or "false". */
  readonly own: Readonly<Record<string, string | undefined>>;
}

/** By name, whether a flag has a value or is a switch. */
export type OwnFlags = Readonly<Record<string, { readonly type: "string" | "boolean" }>>;

/** A setting with a value takes one; a switch may stand alone. */
function parse(args: readonly string[], ownFlags: OwnFlags): Omit<Settings, "config"> & { flags: Settings["own"] } {
  const settings = Object.entries(OPTIONS).map(([name, { value }]) => [
    name,
    { type: value === undefined ? ("boolean" as const) : ("string" as const) },
  ]);
  try {
    const { values, positionals } = parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(settings), ...ownFlags, config: { type: "string" } },
      allowNegative: true,
      allowPositionals: true,
    });
    const given = Object.entries(values).map(([name, value]) => [name, String(value)] as const);
    return {
      flags: Object.fromEntries(given.filter(([name]) => !Object.hasOwn(ownFlags, name))),
      own: Object.fromEntries(given.filter(([name]) => Object.hasOwn(ownFlags, name))),
      words: positionals,
    };
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
