import { availableParallelism } from "node:os";
import { trustBundle } from "#ca/hierarchies/chain.ts";
import { hierarchyFor } from "#ca/hierarchies/issuer-for.ts";
import { LOCAL_EDGE } from "#domain/fleet/names.ts";
import { createEdgeIdentity } from "#identity/edge-identity.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { type HostPort, isLoopback, showHostPort } from "./addresses.ts";
import type { Config } from "./config.ts";
import { type EdgeHost, keepEdge } from "./edge-host.ts";
import type { Logger } from "./log.ts";
import { nodeName } from "./node-name.ts";
import type { World } from "./world.ts";

/** Starts, or adopts, the edge that belongs to this node; it reaches the control plane at `api`. */
export async function startEmbeddedEdge(
  config: Config,
  api: HostPort,
  { world, log }: { readonly world: World; readonly log: Logger },
): Promise<EdgeHost> {
  const name = `${LOCAL_EDGE}${nodeName(config["data-dir"])}`;
  const accessKey = await createEdgeIdentity(name, world);
  const settings = { dataDir: config["data-dir"], name, accessKey, logLevel: config["log-level"] };
  const shape = {
    workers: config["edge-workers"] ?? availableParallelism(),
    keyLease: leaseOf(config),
    requireErasure: config["edge-require-erasure"],
  };
  return keepEdge(
    { ...settings, ...shape, ...(await reach(api, world)) },
    { onError: (error) => log.error({ err: error }, "the edge could not be started") },
  );
}

function leaseOf(config: Config): Millis | undefined {
  const seconds = config["edge-key-lease-seconds"];
  return seconds === 0 ? undefined : seconds * SECOND;
}

/** In clear over loopback, where there is one to reach us by; otherwise over HTTPS, trusting our own roots. */
async function reach(api: HostPort, world: World): Promise<{ endpoint: URL; ca?: string }> {
  const host = api.host === "0.0.0.0" ? "127.0.0.1" : api.host === "::" ? "::1" : api.host;
  const authority = showHostPort({ host, port: api.port });
  if (isLoopback(host)) return { endpoint: new URL(`http://${authority}`) };
  const hierarchy = await hierarchyFor(world.store, { account: "", purpose: "internal" });
  return { endpoint: new URL(`https://${authority}`), ca: await trustBundle(world.store, hierarchy) };
}
