import { ConfigError } from "#main/config-error.ts";
import { makeDataDir } from "#main/data-dir.ts";
import { joinAsEdge } from "#main/edge-join.ts";
import { parseLease, parseWorkers } from "#main/edge-options.ts";
import { writeEdgeSettings } from "#main/edge-settings.ts";
import { dataDirOf, readFlags } from "./flags.ts";

/** `sealkeeper edge join`: this machine becomes an edge. What it is run with is written beside its identity. */
export async function joinCommand(args: readonly string[]): Promise<number> {
  const { flags } = readFlags(args, [
    "endpoint",
    "token",
    "ca-fingerprint",
    "data-dir",
    "name",
    "zone",
    "addresses",
    "workers",
    "key-lease-seconds",
    "log-level",
  ]);
  const dataDir = dataDirOf(flags);
  const { token, name, zone, addresses } = flags;
  if (token === undefined) throw new ConfigError("an edge joins with --token TOKEN: see sealkeeper edge tokens create");
  const endpoints = (flags.endpoint ?? "").split(",").map(readEndpoint);
  const workers = readWorkers(flags.workers);
  const keyLeaseSeconds = readLease(flags["key-lease-seconds"] ?? "0");
  makeDataDir(dataDir);
  const joined = await joinAsEdge({
    dataDir,
    endpoints,
    token,
    fingerprint: flags["ca-fingerprint"],
    name,
    zone,
    addresses,
  });
  writeEdgeSettings(dataDir, {
    name: joined.edge,
    endpoints: endpoints.map(({ origin }) => origin),
    ...(workers === undefined ? {} : { workers }),
    keyLeaseSeconds,
    logLevel: flags["log-level"] ?? "info",
  });
  const where = [joined.zone && `in ${joined.zone}`, joined.addresses && `at ${joined.addresses}`].filter(Boolean);
  process.stdout.write(
    `joined as ${[joined.edge, ...where].join(" ")}\nRun it: sealkeeper edge run --data-dir ${dataDir}\n`,
  );
  return 0;
}

function readEndpoint(text: string): URL {
  const url = URL.parse(text.trim());
  if (url?.protocol === "https:" && url.pathname === "/" && url.search === "") return url;
  throw new ConfigError(`"${text}" is not where a control plane's fleet port is: --endpoint https://HOST:PORT[,…]`);
}

function readWorkers(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const workers = parseWorkers(text);
  if (typeof workers === "number") return workers;
  throw new ConfigError("--workers is a number of at least 1");
}

function readLease(text: string): number {
  const seconds = parseLease(text);
  if (seconds !== undefined) return seconds;
  throw new ConfigError("--key-lease-seconds is 0, or at least 30");
}
