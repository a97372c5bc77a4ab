import { readFileSync } from "node:fs";
import { ConfigError } from "./config-error.ts";

/** The text of the file that the setting `name` names. Throws ConfigError when it cannot be read. */
export function readSetting(name: string, path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch (error) {
    throw new ConfigError(
      `${name}: ${path} cannot be read (${error instanceof Error ? error.message : String(error)})`,
    );
  }
}
