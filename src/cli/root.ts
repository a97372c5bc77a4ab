import { setTimeout } from "node:timers/promises";
import { finishMove, moveRoot, RootChangeRefused } from "#custody/move-root.ts";
import { rotateRoot } from "#custody/rotate-root.ts";
import { ConfigError } from "#main/config-error.ts";
import { makeKeyFile } from "#main/data-dir.ts";
import { parseRootSetting, showRootSetting } from "#main/root-setting.ts";
import { makeTokenKeyOf } from "./root/make-key.ts";
import { openRootCommand, type RootCommand } from "./root/open.ts";
import { show } from "./root/show.ts";
import { verify } from "./root/verify.ts";

/** `sealkeeper root …`: the root of custody, and the custody keys that it opens. */
export async function main(args: readonly string[]): Promise<number> {
  const [word = "", ...rest] = args;
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (!command) throw new ConfigError(`say what to do with the root of custody: ${Object.keys(COMMANDS).join(", ")}`);
  try {
    return await command(rest);
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    process.stderr.write(`sealkeeper: ${problemOf(error)}\n`);
    return 1;
  }
}

const COMMANDS: Readonly<Record<string, ((args: readonly string[]) => Promise<number>) | undefined>> = {
  show: (args) => opened(args, show),
  verify: (args) => opened(args, verify),
  async move(args) {
    return await opened(args, async ({ deps, print, target }) => {
      if (!target) throw new ConfigError("say where to: --to key-file:FILE, passphrase:FILE or pkcs11:…");
      const fingerprint = await moveRoot(target.kind, deps);
      print(`Root of custody ${fingerprint} opens everything, and so does the old one until the move is finished:`);
      print(`  start each node with --root-of-custody '${showRootSetting(target)}', then`);
      print("  sealkeeper root finish, with the same setting");
      return 0;
    });
  },
  finish: (args) =>
    opened(args, async ({ deps, print }) => {
      const fingerprint = await finishMove(deps);
      print(
        `The root of custody is ${fingerprint}. The old one opens nothing of this store any more; keep it only for`,
      );
      print("as long as you keep backups that were made before.");
      return 0;
    }),
  rotate: (args) =>
    opened(args, async ({ deps, print }) => {
      const pause = (time: number): Promise<void> => setTimeout(time);
      const { keyId, resealed } = await rotateRoot({ ...deps, pause, tell: print });
      print(`${resealed} values are sealed anew under custody key ${keyId}; the one before is destroyed.`);
      return 0;
    }),
  async "make-key"(args) {
    const [text = "", ...more] = args;
    if (more.length > 0 || text === "") throw new ConfigError("say which key to make: key-file:FILE or pkcs11:…");
    const setting = parseRootSetting(text);
    if (setting.kind === "passphrase")
      throw new ConfigError("a passphrase is made by a person, in a file of mode 0600");
    if (setting.kind === "key-file") makeKeyFile(setting.path);
    else await makeTokenKeyOf(setting);
    process.stdout.write(`made ${showRootSetting(setting)}\n`);
    return 0;
  },
};

async function opened(args: readonly string[], act: (command: RootCommand) => Promise<number>): Promise<number> {
  const command = await openRootCommand(args);
  try {
    return await act(command);
  } finally {
    await command.close();
  }
}

function problemOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const { cause } = error;
  if (error instanceof RootChangeRefused || !(cause instanceof Error)) return error.message;
  return `${error.message}: ${cause.message}`;
}
