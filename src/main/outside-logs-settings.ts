import { LogListError, type OutsideLog, readLogList } from "#ca/transparency/outside/log-list.ts";
import { OutsideLogs, type OutsideLogsOptions } from "#ca/transparency/outside/outside-logs.ts";
import { isEnough, type TimestampPolicy } from "#ca/transparency/outside/policy.ts";
import { parsePem } from "#lib/pem.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { readSetting } from "./read-setting.ts";

export type OutsideLogsConfig = Pick<
  Config,
  "outside-logs" | "outside-logs-needed" | "outside-logs-operators" | "outside-logs-missing" | "outside-logs-ca"
>;

/**
 * The logs of others that are told what our own CA signs; undefined where none are configured. Throws ConfigError naming
 * the setting, and what would be right.
 */
export function configuredOutsideLogs(
  config: OutsideLogsConfig,
  deps: Pick<OutsideLogsOptions, "timers" | "onFailure">,
): OutsideLogs | undefined {
  const policy = {
    needed: config["outside-logs-needed"],
    operators: config["outside-logs-operators"],
    missing: config["outside-logs-missing"],
  };
  if (policy.operators > policy.needed) {
    throw new ConfigError("outside-logs-operators is more than outside-logs-needed: no certificate could have so many");
  }
  const logs = readEnoughLogs(config, policy);
  if (!logs) return undefined;
  return new OutsideLogs({ ...deps, logs, policy, trust: readTrust(config["outside-logs-ca"]) });
}

/** The same as `readOutsideLogs`; throws ConfigError, too, where they could never be enough for the policy. */
export function readEnoughLogs(
  config: Pick<Config, "outside-logs">,
  policy: TimestampPolicy,
): readonly OutsideLog[] | undefined {
  const logs = readOutsideLogs(config);
  if (!logs || isEnough(logs, policy)) return logs;
  const operators = new Set(logs.map(({ operator }) => operator)).size;
  throw new ConfigError(
    `outside-logs: ${logs.length} logs of ${operators} operators take new entries, and ${policy.needed} of ${policy.operators} are needed (outside-logs-needed, outside-logs-operators)`,
  );
}

/** The logs of the list that take entries; undefined where there is no list. Throws ConfigError. */
export function readOutsideLogs({
  "outside-logs": file,
}: Pick<Config, "outside-logs">): readonly OutsideLog[] | undefined {
  if (file === "") return undefined;
  const content = readSetting("outside-logs", file);
  if (content.length > LARGEST_LIST) throw new ConfigError(`outside-logs: ${file} is no list of logs: it is too large`);
  try {
    return readLogList(content);
  } catch (error) {
    throw error instanceof LogListError ? new ConfigError(`outside-logs: ${file}: ${error.message}`) : error;
  }
}

function readTrust(file: string): string | undefined {
  if (file === "") return undefined;
  const content = readSetting("outside-logs-ca", file);
  try {
    if (parsePem(content, 100).length > 0) return content;
  } catch {
    // said below
  }
  throw new ConfigError(`outside-logs-ca: ${file} holds no PEM certificates`);
}

/** Those of browsers have 100 to 200 KB. */
const LARGEST_LIST = 4 * 1024 * 1024;
