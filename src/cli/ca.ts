import { HierarchyError } from "#ca/hierarchies/error.ts";
import { ConfigError } from "#main/config-error.ts";
import { ceremonyCommand } from "./ca/ceremony.ts";
import { activateCommand, distrustCommand, retireCommand, revokeCommand } from "./ca/change.ts";
import { createCommand } from "./ca/create.ts";
import { showOutsideLogs } from "./ca/ct-logs.ts";
import { verifyTransparency } from "./ca/ct-verify.ts";
import { listCommand, showCommand } from "./ca/list.ts";
import { takeOfflineCommand } from "./ca/offline.ts";
import { importRootCommand, installCommand, requestCommand } from "./ca/requests.ts";
import { addCommand, rotateCommand } from "./ca/rotate.ts";

/** `sealkeeper ca …`: what an operator does with the CA within. Works on the database, so `serve` may run or not. */
export async function main(args: readonly string[]): Promise<number> {
  const [word = "", ...rest] = args;
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (!command) throw new ConfigError(`there is no "ca ${word}": it is one of ${Object.keys(COMMANDS).join(", ")}`);
  try {
    return await command(rest);
  } catch (error) {
    if (!(error instanceof HierarchyError)) throw error;
    process.stderr.write(`sealkeeper: ${error.message}\n`);
    return 1;
  }
}

async function transparencyCommand([verb, ...rest]: readonly string[]): Promise<number> {
  if (verb === "verify") return await verifyTransparency(rest);
  if (verb === "logs") return await showOutsideLogs(rest);
  throw new ConfigError("what is to be done? sealkeeper ca ct verify, or sealkeeper ca ct logs");
}

const COMMANDS: Readonly<Record<string, ((args: readonly string[]) => Promise<number>) | undefined>> = {
  list: listCommand,
  show: showCommand,
  create: createCommand,
  add: addCommand,
  rotate: rotateCommand,
  activate: activateCommand,
  retire: retireCommand,
  revoke: revokeCommand,
  distrust: distrustCommand,
  "take-offline": takeOfflineCommand,
  "import-root": importRootCommand,
  request: requestCommand,
  install: installCommand,
  ceremony: ceremonyCommand,
  ct: transparencyCommand,
};
