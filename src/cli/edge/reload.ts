import { answers, visit } from "#main/edge-door.ts";
import { edgeFiles } from "#main/edge-files.ts";
import { dataDirOf, readFlags } from "./flags.ts";

/** `sealkeeper edge reload`: the workers of the edge in a data directory are replaced; comes back when they are. */
export async function reloadCommand(args: readonly string[]): Promise<number> {
  const { flags } = readFlags(args, ["data-dir"]);
  const { socket } = edgeFiles(dataDirOf(flags));
  const answer = (await answers(socket)) ? await visit(socket, "reload") : undefined;
  if (answer === undefined) {
    process.stderr.write(`sealkeeper: no edge runs there that could be reloaded: nobody answers at ${socket}\n`);
    return 1;
  }
  process.stdout.write(`${answer}\n`);
  return 0;
}
