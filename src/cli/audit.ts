import { ConfigError } from "#main/config-error.ts";

/** `sealkeeper audit`: what the journal proves. Asks the database, or a file, so `serve` need not run. */
export async function main([name = "", ...rest]: readonly string[]): Promise<number> {
  const subcommand = Object.hasOwn(SUBCOMMANDS, name) ? SUBCOMMANDS[name] : undefined;
  if (!subcommand)
    throw new ConfigError(`audit ${Object.keys(SUBCOMMANDS).join("|")}: ${name === "" ? "which?" : `not "${name}"`}`);
  return await subcommand(rest);
}

const SUBCOMMANDS: Readonly<Record<string, (args: readonly string[]) => Promise<number>>> = {
  verify: async (args) => (await import("./audit/verify.ts")).verify(args),
  key: async (args) => (await import("./audit/key.ts")).key(args),
  export: async (args) => (await import("./audit/export.ts")).exportAll(args),
  prove: async (args) => (await import("./audit/prove.ts")).prove(args),
  checkpoint: async (args) => (await import("./audit/prove.ts")).checkpoint(args),
};
