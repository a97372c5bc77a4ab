import { join } from "node:path";
import { type Custodian, startCustodian } from "#custody/custodian.ts";
import { type KeyRing, openKeyRing } from "#custody/key-ring.ts";
import { type Clock, systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { systemTimers } from "#lib/timers.ts";
import type { Store } from "#store/store.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { checkSecretFile, machineKeyFile } from "./data-dir.ts";
import { kmsArguments, userOf } from "./kms-arguments.ts";
import { type Kms, startKms } from "./kms-host.ts";
import type { Logger } from "./log.ts";
import type { RootSetting } from "./root-setting.ts";

/** Where the root of custody is: as it was set, or the machine key in the data directory, which is made when missing. */
export function rootSetting(config: Config): RootSetting {
  const [root, passphrase] = [config["root-of-custody"], config["passphrase-file"]];
  if (root !== undefined && passphrase !== "") {
    throw new ConfigError("root-of-custody and passphrase-file both say where the root of custody is: give one");
  }
  if (root) return root;
  return passphrase === ""
    ? { kind: "key-file", path: join(config["data-dir"], "root.key") }
    : { kind: "passphrase", path: passphrase };
}

/** Starts the KMS process with these roots; the first is the one in force. */
export function startConfiguredKms(config: Config, roots: readonly RootSetting[], log: Logger): Kms {
  for (const setting of roots) if (setting.kind === "key-file") checkSecretFile(setting.path);
  kmsArguments(roots).close(); // a file that is not there is told now
  return startKms({
    roots,
    user: kmsUser(config, log),
    onError: (error) => log.error({ err: error }, "the KMS process failed"),
  });
}

/** Starts the KMS process with the root of custody that is set; the machine key is made when it is missing. */
export function startNodeKms(config: Config, log: Logger): Kms {
  if (config["root-of-custody"] === undefined && config["passphrase-file"] === "") machineKeyFile(config["data-dir"]);
  return startConfiguredKms(config, [rootSetting(config)], log);
}

/** Opens the root of custody of this store. Rejects when it is not its root. */
export async function openConfiguredRing(
  config: Config,
  deps: { readonly store: Store; readonly clock: Clock; readonly kms: Kms },
): Promise<KeyRing> {
  return await openKeyRing(rootSetting(config).kind, { ...deps, vault: deps.kms.vault });
}

/** Makes a command that seals something a node for as long as it runs: no rotation destroys a key that it seals under. */
export function startCommandCustodian(ring: KeyRing, store: Store): Promise<Custodian> {
  const node = `command ${randomIds.uuid()}`;
  // Should it not be able to look for a minute, it seals nothing more, and says so itself.
  return startCustodian({ ring, store, clock: systemClock, timers: systemTimers, node, onError: () => {} });
}

/** As root, the KMS process runs as a user of its own where there is one. */
function kmsUser(config: Config, log: Logger): { readonly uid: number; readonly gid: number } | undefined {
  const name = config["kms-user"];
  if (process.getuid?.() !== 0) {
    if (name !== "") throw new ConfigError("only root can start the KMS process as another user: leave kms-user out");
    return undefined;
  }
  const user = userOf(name || DEFAULT_USER, name !== "");
  if (!user) log.info(`the KMS process runs as root, like this one: make a user ${DEFAULT_USER} to part them`);
  return user;
}

const DEFAULT_USER = "sealkeeper-kms";
