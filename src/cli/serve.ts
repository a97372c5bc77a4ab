import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { type Config, readConfig } from "#main/config.ts";
import { ConfigError } from "#main/config-error.ts";
import { openLog } from "#main/log.ts";
import { OPTIONS } from "#main/options.ts";

/** `sealkeeper serve`: runs until SIGTERM or SIGINT, then ends gracefully. */
export async function main(args: readonly string[]): Promise<number> {
  const config = configuration(args);
  const log = openLog(config["log-level"], "control");
  const { serve } = await import("#main/serve.ts");
  const asked = new Promise<void>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  try {
    const running = await serve(config, { clock: systemClock, ids: randomIds, log });
    await asked;
    log.info("stopping");
    await running.stop();
    return 0;
  } catch (error) {
    log.fatal({ err: error }, "could not start");
    process.stderr.write(`sealkeeper: ${error instanceof Error ? error.message : String(error)}\n`);
    return 1;
  }
}

function configuration(args: readonly string[]): Config {
  const { config: file, ...flags } = readFlags(args);
  return readConfig({
    flags,
    environment: process.env,
    ...(file === undefined ? {} : { file: readFileSync(file, "utf8") }),
  });
}

/** A setting with a value takes one; a switch may stand alone. */
function readFlags(args: readonly string[]): Record<string, string | undefined> {
  const settings = Object.entries(OPTIONS).map(([name, { value }]) => [
    name,
    { type: value === undefined ? ("boolean" as const) : ("string" as const) },
  ]);
  try {
    const { values } = parseArgs({
      args: [...args],
      options: { ...Object.fromEntries(settings), config: { type: "string" } },
      allowNegative: true,
    });
    return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, String(value)]));
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}
