import { join } from "node:path";
import { type KeyRing, openKeyRing } from "#custody/key-ring.ts";
import type { Clock } from "#lib/clock.ts";
import type { Store } from "#store/store.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { checkSecretFile, machineKeyFile } from "./data-dir.ts";
import { kmsArguments, userOf } from "./kms-arguments.ts";
import { type Kms, startKms } from "./kms-host.ts";
import type { Logger } from "./log.ts";
import type { RootSetting } from "./root-setting.ts";

/** The root of custody of this node: its keys, and the process that opens them. */
export interface OpenCustody {
  readonly ring: KeyRing;
  readonly kms: Kms;
}

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

/** Opens the root of custody of this store. Rejects, leaving no process, when it is not the root of this store. */
export async function configuredRoot(
  config: Config,
  { store, clock, log }: { readonly store: Store; readonly clock: Clock; readonly log: Logger },
): Promise<OpenCustody> {
  const setting = rootSetting(config);
  if (setting.kind === "key-file" && config["root-of-custody"] === undefined) machineKeyFile(config["data-dir"]);
  const kms = startConfiguredKms(config, [setting], log);
  try {
    return { kms, ring: await openKeyRing(setting.kind, { store, clock, vault: kms.vault }) };
  } catch (error) {
    await kms.vault.close();
    throw error;
  }
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
