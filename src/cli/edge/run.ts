import { openLog } from "#main/log.ts";
import { keepRemoteEdge } from "#main/remote-edge.ts";
import { dataDirOf, readFlags } from "./flags.ts";

/** `sealkeeper edge run`: keeps the edge of a data directory running until SIGTERM or SIGINT. */
export async function runCommand(args: readonly string[]): Promise<number> {
  const { flags } = readFlags(args, ["data-dir"]);
  const log = openLog("info", "edge");
  const host = await keepRemoteEdge(dataDirOf(flags), {
    onError: (error) => log.error({ err: error }, "the edge could not be started"),
  });
  const asked = new Promise<void>((resolve) => {
    process.once("SIGTERM", resolve);
    process.once("SIGINT", resolve);
  });
  await asked;
  log.info("stopping");
  await host.stop();
  return 0;
}
