import { join, resolve } from "node:path";
import { showHostPort } from "./addresses.ts";
import { ConfigError } from "./config-error.ts";
import { OPTIONS, type OptionName, type OptionValues } from "./options.ts";

/** What the program was told, checked once; nothing else reads flags, files or the environment. */
export interface Config extends OptionValues {
  /** Absolute. */
  readonly "data-dir": string;
  /** Never empty. */
  readonly database: string;
}

/** Where settings come from, strongest first. */
export interface Sources {
  readonly flags: Readonly<Record<string, string | undefined>>;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** The configuration file's content, if there is one. */
  readonly file?: string;
}

/** Reads the configuration. Throws ConfigError naming the setting, where it came from and what would be right. */
export function readConfig({ flags, environment, file }: Sources): Config {
  const fromFile = file === undefined ? {} : parseFile(file);
  const values = Object.fromEntries(
    Object.keys(OPTIONS).map((name) => {
      const key = name as OptionName;
      const [source, value] = [
        [`flag --${name}`, flags[name]] as const,
        [`environment variable ${environmentName(key)}`, environment[environmentName(key)]] as const,
        [`configuration file: ${name}`, fromFile[name]] as const,
      ].find(([, given]) => given !== undefined) ?? [name, OPTIONS[key].default];
      return [name, parseOption(key, value ?? "", source)];
    }),
  ) as unknown as OptionValues;
  const home = resolve(flags["data-dir"] ?? environment["SEALKEEPER_HOME"] ?? values["data-dir"]);
  return {
    ...values,
    "data-dir": home,
    database: values.database || `file:${join(home, "sealkeeper.db")}`,
    "public-url": values["public-url"] || `http://${showHostPort(values.listen)}`,
  };
}

/** `data-dir` as an environment variable: `SEALKEEPER_DATA_DIR`. */
export function environmentName(name: OptionName): string {
  return `SEALKEEPER_${name.toUpperCase().replaceAll("-", "_")}`;
}

function parseOption(name: OptionName, value: string, source: string): unknown {
  try {
    return OPTIONS[name].parse(value);
  } catch (error) {
    throw error instanceof ConfigError ? new ConfigError(`${source}: ${error.message}`) : error;
  }
}

function parseFile(text: string): Readonly<Record<string, string>> {
  let content: unknown;
  try {
    content = JSON.parse(text);
  } catch {
    throw new ConfigError("the configuration file is not JSON");
  }
  if (typeof content !== "object" || content === null || Array.isArray(content)) {
    throw new ConfigError("the configuration file is not a JSON object");
  }
  for (const [name, value] of Object.entries(content)) {
    if (!Object.hasOwn(OPTIONS, name)) throw new ConfigError(`configuration file: there is no setting "${name}"`);
    if (!["string", "number", "boolean"].includes(typeof value)) {
      throw new ConfigError(`configuration file: "${name}" is neither text, number nor boolean`);
    }
  }
  return Object.fromEntries(Object.entries(content).map(([name, value]) => [name, String(value)]));
}
