import { existsSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import type { CaDeps } from "#ca/deps.ts";
import { Signers } from "#ca/signers.ts";
import { openKeyRing } from "#custody/key-ring.ts";
import { type KeyName, keyOpenedAct } from "#custody/sealed-key-acts.ts";
import { openJournal } from "#journal/journal.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { openStore } from "#store/store.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { openLog } from "./log.ts";
import { rootSetting, startCommandCustodian, startConfiguredKms } from "./root-of-custody.ts";

/**
 * The CA of an installation, for an operator's command: its database and its root of custody, with the settings that
 * `serve` has. It may run while `serve` does. Throws ConfigError where there is no such installation.
 */
export async function openCa(config: Config): Promise<CaDeps & { close(): Promise<void> }> {
  const file = config.database.startsWith("file:") ? config.database.slice("file:".length) : undefined;
  if (file !== undefined && !existsSync(file)) throw new ConfigError(`there is no database ${file}: which --data-dir?`);
  const store = await openStore(config.database);
  const setting = rootSetting(config);
  const { vault } = startConfiguredKms(config, [setting], openLog("fatal", "control"));
  const end = async (): Promise<void> => {
    await vault.close();
    await store.destroy();
  };
  try {
    const ring = await openKeyRing(setting.kind, { store, vault, clock: systemClock });
    const custodian = await startCommandCustodian(ring, store);
    const unrecorded: unknown[] = [];
    const journal = openJournal({ store, clock: systemClock }, (error) => unrecorded.push(error));
    const by = `a command of ${userInfo().username}@${hostname()}`;
    const onOpened = (key: KeyName): void => journal.note(keyOpenedAct(key, by));
    const signers = new Signers({ root: ring.root, caUrl: config["public-url"], onOpened });
    return {
      store,
      clock: systemClock,
      ids: randomIds,
      signers,
      async close() {
        signers.close();
        await custodian.stop();
        try {
          await journal.flush();
        } finally {
          await end();
        }
        if (unrecorded.length > 0) throw unrecorded[0];
      },
    };
  } catch (error) {
    await end();
    throw error;
  }
}
