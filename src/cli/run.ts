import { ConfigError } from "#main/config-error.ts";
import { COMMANDS, type CommandName } from "./commands.ts";
import { help } from "./help.ts";

/** Runs one command line and answers the exit code: 0 done, 1 failed, 2 wrong usage. */
export async function run(args: readonly string[]): Promise<number> {
  const [name = "help", ...rest] = args;
  if (["help", "--help", "-h"].includes(name))
    return rest[0] === undefined || isCommand(rest[0]) ? print(help(rest[0])) : unknown(rest[0]);
  if (["version", "--version"].includes(name)) return print(await version());
  if (!isCommand(name)) return unknown(name);
  if (rest.includes("--help") || rest.includes("-h")) return print(help(name));
  try {
    const { main } = await COMMANDS[name].load();
    return await main(rest);
  } catch (error) {
    if (error instanceof ConfigError) return wrongUsage(error.message, name);
    throw error;
  }
}

function isCommand(name: string): name is CommandName {
  return Object.hasOwn(COMMANDS, name);
}

function unknown(name: string): number {
  return wrongUsage(`there is no command "${name}"`);
}

function print(text: string): number {
  process.stdout.write(`${text}\n`);
  return 0;
}

function wrongUsage(message: string, command = ""): number {
  process.stderr.write(`sealkeeper: ${message}\nTry: ${`sealkeeper help ${command}`.trimEnd()}\n`);
  return 2;
}

async function version(): Promise<string> {
  const { readFileSync } = await import("node:fs");
  const manifest: unknown = JSON.parse(readFileSync(new URL("../../package.json", import.meta.url), "utf8"));
  return typeof manifest === "object" && manifest !== null && "version" in manifest ? String(manifest.version) : "";
}
