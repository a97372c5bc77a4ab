import { existsSync } from "node:fs";
import { readSettings } from "#cli/settings.ts";
import { openKeyRing } from "#custody/key-ring.ts";
import type { MoveDeps } from "#custody/move-root.ts";
import { systemClock } from "#lib/clock.ts";
import { ConfigError } from "#main/config-error.ts";
import { openLog } from "#main/log.ts";
import { rootSetting, startConfiguredKms } from "#main/root-of-custody.ts";
import { parseRootSetting, type RootSetting } from "#main/root-setting.ts";
import { openStore } from "#store/store.ts";

/** What a command on the root of custody works with. */
export interface RootCommand {
  readonly deps: MoveDeps;
  /** The root that the settings name. */
  readonly setting: RootSetting;
  /** The root to move to. */
  readonly target: RootSetting | undefined;
  readonly print: (line: string) => void;
  readonly close: () => Promise<void>;
}

/** Opens the store and, by a KMS process of the command's own, its root of custody. Makes neither where there is none. */
export async function openRootCommand(args: readonly string[]): Promise<RootCommand> {
  const { config, own } = readSettings(args, 0, { to: { type: "string" } });
  const target = own["to"] === undefined ? undefined : parseRootSetting(own["to"]);
  const file = config.database.startsWith("file:") ? config.database.slice("file:".length) : undefined;
  if (file !== undefined && !existsSync(file)) throw new ConfigError(`there is no database ${file}: which --data-dir?`);
  const setting = rootSetting(config);
  const store = await openStore(config.database);
  try {
    const { vault } = startConfiguredKms(config, target ? [setting, target] : [setting], openLog("fatal", "control"));
    const close = async (): Promise<void> => {
      await vault.close();
      await store.destroy();
    };
    try {
      const ring = await openKeyRing(setting.kind, { store, vault, clock: systemClock });
      const print = (line: string): void => void process.stdout.write(`${line}\n`);
      return { deps: { store, vault, ring, clock: systemClock }, setting, target, print, close };
    } catch (error) {
      await vault.close();
      throw error;
    }
  } catch (error) {
    await store.destroy();
    throw error;
  }
}
