import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { openLog } from "#main/log.ts";
import { readableLine } from "./readable-log.ts";
import { readSettings } from "./settings.ts";
import { startProblem } from "./start-problem.ts";
import { welcome } from "./welcome.ts";

/**
 * `sealkeeper serve`: runs until SIGTERM or SIGINT, then ends gracefully. On a terminal it greets and logs for people;
 * anywhere else standard output is the JSON log and nothing more.
 */
export async function main(args: readonly string[]): Promise<number> {
  const { config } = readSettings(args, 0);
  const person = process.stdout.isTTY;
  const toPerson = { write: (line: string) => process.stdout.write(readableLine(line)) };
  const log = openLog(config["log-level"], "control", person ? toPerson : undefined);
  const { serve } = await import("#main/serve.ts");
  const asked = new Promise<void>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  try {
    const running = await serve(config, { clock: systemClock, ids: randomIds, log });
    if (person) process.stdout.write(welcome({ ...running, dataDir: config["data-dir"], dev: config.dev }));
    await asked;
    log.info("stopping");
    await running.stop();
    return 0;
  } catch (error) {
    if (!person) log.fatal({ err: error }, "could not start");
    process.stderr.write(`sealkeeper: ${startProblem(error, config)}\n`);
    return 1;
  }
}
