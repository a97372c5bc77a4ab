import { readFileSync } from "node:fs";
import { availableParallelism } from "node:os";
import { SECOND } from "#lib/duration.ts";
import { ConfigError } from "./config-error.ts";
import { edgeFiles } from "./edge-files.ts";
import { type EdgeHost, keepEdge } from "./edge-host.ts";
import { readAccessKey } from "./edge-options.ts";
import { readEdgeSettings } from "./edge-settings.ts";
import { holdDataDir } from "./hold-data-dir.ts";

/**
 * Keeps the edge that joined from a data directory running, as a control plane keeps the one beside it. Throws ConfigError
 * when none has joined from there, or it is kept by another process.
 */
export async function keepRemoteEdge(
  dataDir: string,
  deps: { readonly onError: (error: unknown) => void },
): Promise<EdgeHost> {
  const { name, endpoints, workers = availableParallelism(), keyLeaseSeconds, logLevel } = readEdgeSettings(dataDir);
  const files = edgeFiles(dataDir);
  const [endpoint, ...otherEndpoints] = endpoints.map((text) => new URL(text));
  if (!endpoint) throw new ConfigError(`the edge of ${dataDir} knows no control plane: join again`);
  const held = holdDataDir(dataDir);
  const host = keepEdge(
    {
      dataDir,
      endpoint,
      otherEndpoints,
      ca: readFileSync(files.ca, "utf8"),
      accessKey: readAccessKey(files.credentials),
      name,
      logLevel,
      workers,
      keyLease: keyLeaseSeconds === 0 ? undefined : keyLeaseSeconds * SECOND,
      remote: true,
    },
    deps,
  );
  return {
    pid: () => host.pid(),
    async stop() {
      await host.stop();
      held.release();
    },
  };
}
