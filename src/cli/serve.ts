import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { openLog } from "#main/log.ts";
import { readableLine } from "./readable-log.ts";
import { readSettings } from "./settings.ts";
import { startProblem } from "./start-problem.ts";
import { welcome } from "./welcome.ts";

/**
 * `sealkeeper serve`: runs until SIGTERM or SIGINT, then ends gracefully. On a terminal it greets and logs for people;
 * anywhere else standard output is the JSON log and nothing more. With `--events stdout` that is for events alone, and all
 * else goes to standard error.
 */
export async function main(args: readonly string[]): Promise<number> {
  const { config } = readSettings(args, 0);
  const out = config.events === "stdout" ? process.stderr : process.stdout;
  const person = out.isTTY;
  const toPerson = { write: (line: string) => out.write(readableLine(line)) };
  const log = openLog(config["log-level"], "control", person ? toPerson : out === process.stdout ? undefined : out);
  const { serve } = await import("#main/serve.ts");
  const asked = new Promise<void>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  try {
    const running = await serve(config, { clock: systemClock, ids: randomIds, log });
    if (person) out.write(welcome({ ...running, dataDir: config["data-dir"], dev: config.dev }));
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
