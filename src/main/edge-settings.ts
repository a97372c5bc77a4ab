import { join } from "node:path";
import { list, object, optional, text, whole } from "#lib/shape.ts";
import { ConfigError } from "./config-error.ts";
import { readIfThere, writeSecretFile } from "./data-dir.ts";

/** With what an edge on a machine of its own is run; no secret stands here. */
export interface EdgeSettingsFile {
  readonly name: string;
  /** The fleet's port on the nodes of the control plane. */
  readonly endpoints: readonly string[];
  /** As many as there are cores, unless it is said. */
  readonly workers?: number;
  /** 0: no lease. */
  readonly keyLeaseSeconds: number;
  readonly logLevel: string;
}

export function writeEdgeSettings(dataDir: string, settings: EdgeSettingsFile): void {
  writeSecretFile(join(dataDir, FILE), `${JSON.stringify(settings, undefined, 2)}\n`);
}

/** Throws ConfigError when no edge has joined from that directory. */
export function readEdgeSettings(dataDir: string): EdgeSettingsFile {
  const file = readIfThere(join(dataDir, FILE));
  if (!file) throw new ConfigError(`no edge has joined from ${dataDir}: begin with sealkeeper edge join`);
  try {
    const settings: unknown = JSON.parse(file.toString());
    if (SHAPE(settings)) return settings as EdgeSettingsFile;
  } catch {
    // It is told below.
  }
  throw new ConfigError(`${join(dataDir, FILE)} was changed so that it cannot be read: join again`);
}

const FILE = "edge.json";
const SHAPE = object({
  name: text(63),
  endpoints: list(text(1024), 32),
  workers: optional(whole(1, 999)),
  keyLeaseSeconds: whole(0, 2 ** 31),
  logLevel: text(16),
});
