import { ConfigError } from "#main/config-error.ts";
import { JoinError } from "#main/edge-join.ts";
import { joinCommand } from "./edge/join.ts";
import { listCommand, removeCommand } from "./edge/members.ts";
import { reloadCommand } from "./edge/reload.ts";
import { runCommand } from "./edge/run.ts";
import { tokensCommand } from "./edge/tokens.ts";
import { ApiError } from "./rehearse/api-client.ts";

/**
 * `sealkeeper edge …`: what an operator does with edges. With flags alone it is an edge itself, as `serve` and `edge run`
 * start it.
 */
export async function main(args: readonly string[]): Promise<number> {
  const [word, ...rest] = args;
  if (word === undefined || word.startsWith("-")) {
    const { main: edge } = await import("#main/edge.ts");
    return await edge(args);
  }
  const command = COMMANDS[word];
  if (!command) throw new ConfigError(`there is no "edge ${word}": it is one of ${Object.keys(COMMANDS).join(", ")}`);
  try {
    return await command(rest);
  } catch (error) {
    if (!(error instanceof JoinError || error instanceof ApiError)) throw error;
    process.stderr.write(`sealkeeper: ${error.message}\n`);
    return 1;
  }
}

const COMMANDS: Readonly<Record<string, ((args: readonly string[]) => Promise<number>) | undefined>> = {
  join: joinCommand,
  run: runCommand,
  reload: reloadCommand,
  tokens: tokensCommand,
  list: listCommand,
  remove: removeCommand,
};
