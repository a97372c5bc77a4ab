import { existsSync } from "node:fs";
import { openKeyRing } from "#custody/key-ring.ts";
import { Refusal } from "#domain/refusal.ts";
import { newRootKey, openAccount } from "#identity/accounts.ts";
import type { AccessKey } from "#identity/new-access-key.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import type { Config } from "#main/config.ts";
import { ConfigError } from "#main/config-error.ts";
import { openLog } from "#main/log.ts";
import { rootSetting, startCommandCustodian, startConfiguredKms } from "#main/root-of-custody.ts";
import { listAccounts } from "#store/access-keys.ts";
import { openStore, type Store } from "#store/store.ts";
import { readSettings } from "./settings.ts";

/** `sealkeeper account create|root-key ACCOUNT_ID | list`: works on the database, so `serve` need not run. */
export async function main(args: readonly string[]): Promise<number> {
  const [verb = "", ...rest] = args;
  const command = Object.hasOwn(COMMANDS, verb) ? COMMANDS[verb] : undefined;
  if (!command) throw new ConfigError(`say what to do with accounts: ${Object.keys(COMMANDS).join(", ")}`);
  const { config, words } = readSettings(rest, command.words);
  const file = config.database.startsWith("file:") ? config.database.slice("file:".length) : undefined;
  if (file !== undefined && !existsSync(file)) throw new ConfigError(`there is no database ${file}: which --data-dir?`);
  const store = await openStore(config.database);
  try {
    process.stdout.write(await command.run(words[0] ?? "", config, store));
    return 0;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    process.stderr.write(`sealkeeper: ${error.message}\n`);
    return 1;
  } finally {
    await store.destroy();
  }
}

interface AccountCommand {
  readonly words: 0 | 1;
  readonly run: (id: string, config: Config, store: Store) => Promise<string>;
}

const COMMANDS: Readonly<Record<string, AccountCommand | undefined>> = {
  create: {
    words: 1,
    run: (id, ...rest) => withRoot(...rest, async (deps) => profile(id, await openAccount(id, deps))),
  },
  "root-key": {
    words: 1,
    run: (id, ...rest) => withRoot(...rest, async (deps) => profile(id, await newRootKey(id, deps))),
  },
  list: { words: 0, run: async (_id, _config, store) => (await listAccounts(store)).map((id) => `${id}\n`).join("") },
};

/** Does something for which secrets are sealed, by a KMS process of the command's own. */
async function withRoot<T>(
  config: Config,
  store: Store,
  act: (deps: Parameters<typeof openAccount>[1]) => Promise<T>,
): Promise<T> {
  const setting = rootSetting(config);
  const { vault } = startConfiguredKms(config, [setting], openLog("fatal", "control"));
  try {
    const ring = await openKeyRing(setting.kind, { store, vault, clock: systemClock });
    const custodian = await startCommandCustodian(ring, store);
    try {
      return await act({ store, clock: systemClock, ids: randomIds, root: ring.root });
    } finally {
      await custodian.stop();
    }
  } finally {
    await vault.close();
  }
}

function profile(account: string, { accessKeyId, secretAccessKey }: AccessKey): string {
  return `[${account}]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
}
