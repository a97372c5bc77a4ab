import { join } from "node:path";
import type { CallEntry } from "#aws/gateway.ts";
import { refuseUpgrade } from "#aws/http-server.ts";
import { type Authenticate, authenticateUpgrade, sigv4 } from "#aws/sigv4/authenticate.ts";
import { trustedRoots } from "#ca/hierarchies/overview.ts";
import { ensureHierarchy } from "#ca/hierarchy.ts";
import { startCustodian } from "#custody/custodian.ts";
import { startDnsServer } from "#dns/server.ts";
import { keepSamples } from "#events/balancer-metrics.ts";
import { STDOUT } from "#events/deliver.ts";
import { openEvents } from "#events/open.ts";
import { openFleet } from "#fleet/fleet.ts";
import { renewEdgeIdentity } from "#fleet/join.ts";
import { authenticator } from "#identity/authenticator.ts";
import { ensureFirstAccount, hasRootKey, readCredentialsFile } from "#identity/first-account.ts";
import { lastUses } from "#identity/last-use.ts";
import { edgeBalancer } from "#integrations/elbv2/edge-balancer.ts";
import { edgeSecret } from "#integrations/elbv2/secrets.ts";
import { edgeTrustStore } from "#integrations/elbv2/trust-stores.ts";
import { type Grower, startGrower } from "#journal/tree.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { readEdgeCertificate } from "#lifecycle/edge-certificate.ts";
import { prepareAccounts } from "#lifecycle/upstream/prepare-upstream.ts";
import { promiseRounds } from "#rehearsal/round.ts";
import { listLoadBalancerArns, markBalancerActive } from "#store/load-balancers.ts";
import { ping } from "#store/ping.ts";
import type { HostPort } from "./addresses.ts";
import { logCall, wakingTrail } from "./calls.ts";
import type { Config } from "./config.ts";
import { makeDataDir, readIfThere, writeSecretFile } from "./data-dir.ts";
import { startEmbeddedEdge } from "./embedded-edge.ts";
import { type FleetDoorDeps, notOfTheFleet, openFleetDoor, RemovedEdge } from "./fleet-door.ts";
import { openFrontDoor } from "./front-door.ts";
import { harden } from "./harden.ts";
import { holdDataDir } from "./hold-data-dir.ts";
import { startJobs } from "./jobs.ts";
import { checkpointFiles } from "./journal-files.ts";
import { keepOutsideLogs } from "./keep-outside-logs.ts";
import { startKeyMaker } from "./key-maker-host.ts";
import type { Logger } from "./log.ts";
import { type Metrics, openMetrics } from "./metrics.ts";
import { nodeName } from "./node-name.ts";
import { listenerNotes } from "./note-listeners.ts";
import { noteUpstream } from "./note-upstream.ts";
import { operatorPages } from "./pages.ts";
import { resetFirstAccount } from "./reset.ts";
import { openWorld, type World } from "./world.ts";

export interface ServeDeps {
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Logger;
}

/** A running control plane, with the processes that belong to it. */
export interface Running {
  readonly world: World;
  readonly api: HostPort;
  /** The port of edges on other machines. */
  readonly fleet: HostPort | undefined;
  readonly dns: HostPort;
  /** Ends everything gracefully, in the order in which parts need each other. */
  stop(): Promise<void>;
}

/** Starts everything that `sealkeeper serve` is. Rejects, leaving nothing running, when a part cannot start. */
export async function serve(config: Config, deps: ServeDeps): Promise<Running> {
  const { clock, log } = deps;
  makeDataDir(config["data-dir"]);
  harden();
  const ending: (() => Promise<unknown>)[] = [];
  const stop = async (): Promise<void> => {
    for (const end of ending.splice(0).reverse()) {
      await end();
    }
  };
  try {
    const held = holdDataDir(config["data-dir"]);
    ending.push(async () => held.release());
    const world = await openWorld(config, deps);
    ending.push(() => world.close());
    const custodian = await startCustodian({
      ...world,
      node: nodeName(config["data-dir"]),
      onError: (error) => log.error({ err: error }, "the custody keys could not be looked at"),
    });
    ending.push(() => custodian.stop());
    const evidence = keepEvidence(config, world, log);
    ending.push(() => evidence.stop());
    await ensureHierarchy(world);
    if (world.upstream) noteUpstream(world.upstream, log);
    const { outsideLogs } = world.signers;
    if (outsideLogs) {
      const endLooking = keepOutsideLogs(outsideLogs, config, { ...world, log });
      ending.push(async () => endLooking());
    }
    await prepareAccounts(world);
    await writeCredentials(config, world, log);
    await promiseRounds(world);
    await openEvents([...world.events.webhooks.keys(), ...(world.events.writeEvent ? [STDOUT] : [])], world);

    const dns = await startDnsServer({
      ...world,
      address: config.dns.host,
      port: config.dns.port,
      onError: (error) => log.error({ err: error }, "a DNS question was not answered"),
    });
    ending.push(() => dns.close());

    const metrics = openMetrics(world.store);
    const fleet = openFleet(fleetDeps(world, log, metrics));
    ending.push(async () => fleet.close());
    const worker = startJobs(world, { node: nodeName(config["data-dir"]), fleet, log, metrics });
    ending.push(() => worker.stop());
    ending.push(async () => world.postman?.close());
    const keyMaker = startKeyMaker({
      ...world,
      size: config["key-pool"],
      onError: (error) => log.warn({ err: error }, "the key maker failed"),
    });
    ending.push(() => keyMaker.stop());

    const proved = noticed(sigv4({ clock, credentials: authenticator({ ...world, dev: config.dev }) }), world, log);
    const authenticate = notOfTheFleet(proved, world);
    const audit = wakingTrail(world.journal, worker, fleet);
    const onCall = (entry: CallEntry): void => {
      metrics.call(entry);
      logCall(log, entry);
    };
    const door = await openFrontDoor(config, {
      world,
      log,
      authenticate,
      audit,
      onCall,
      onPromise: () => worker.wake(),
      pages: operatorPages({
        metrics,
        health: async () => {
          await ping(world.store);
          return { edges: fleet.connected };
        },
        trust: () => trustedRoots(world),
        reset: config.dev ? () => resetFirstAccount(world, fleet) : undefined,
      }),
      upgrade: (request, socket, head) => accept(request, socket, head, authenticate),
    });
    ending.push(() => door.stop());
    const fleetDoor = await openFleetDoor(config["fleet-listen"], {
      world,
      log,
      authenticate: proved,
      audit,
      onCall,
      accept: (...edge) => accept(...edge),
    });
    if (fleetDoor) ending.push(() => fleetDoor.stop());

    const acceptEdge = async (...[request, socket, head, proof]: Parameters<typeof accept>): Promise<void> => {
      const principal = await authenticateUpgrade(request, "sealkeeper", { authenticate: proof });
      if (principal.kind !== "edge") throw new Error(`${principal.arn} is no edge`);
      fleet.accept(socket, head, { ...principal, requestId: deps.ids.uuid() });
    };
    const accept: AcceptEdge = (request, socket, head, proof) => {
      acceptEdge(request, socket, head, proof).catch((error: unknown) => {
        log.warn({ err: error }, "an edge was not let in");
        refuseUpgrade(socket, error instanceof RemovedEdge ? "410 Gone" : "403 Forbidden");
      });
    };
    if (config.edge) {
      const edge = await startEmbeddedEdge(config, door.address, { world, log });
      ending.push(() => edge.stop());
    }
    log.info(
      {
        api: door.address,
        fleet: fleetDoor?.address,
        dns: { host: dns.address, port: dns.port },
        data: config["data-dir"],
      },
      "serving",
    );
    return { world, api: door.address, fleet: fleetDoor?.address, dns: { host: dns.address, port: dns.port }, stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** The journal's tree grows beside the calls; at the end it takes in everything, and its last head is in the data directory. */
function keepEvidence(config: Config, world: World, log: Logger): Grower {
  const files = checkpointFiles(config["data-dir"], world.headSigner.verifier, {
    ...world,
    onContradiction: (found) =>
      log.error(
        found,
        "the journal contradicts the signed head in the data directory: records were removed or changed, or an older copy of the database was put back; the head is kept: sealkeeper audit verify",
      ),
  });
  const grower = startGrower({
    ...world,
    onHead: (checkpoint) => files.write(checkpoint),
    onError: (error) => log.error({ err: error }, "the journal's tree could not grow and will be tried again"),
  });
  return {
    async stop() {
      await world.journal.flush().catch((error: unknown) => log.error({ err: error }, "the journal was not written"));
      await grower.stop();
      await files.end();
    },
  };
}

/** The file is written again when it is missing: a start may have been killed before it was. */
async function writeCredentials(config: Config, world: World, log: Logger): Promise<void> {
  const path = join(config["data-dir"], "credentials");
  const fresh = await ensureFirstAccount(world);
  if (fresh !== undefined) writeSecretFile(path, fresh);
  else if (!readIfThere(path)) {
    if (await hasRootKey(world)) writeSecretFile(path, await readCredentialsFile(world));
    else log.warn("the root user has no active access key; sealkeeper account root-key makes one");
  }
}

function fleetDeps(world: World, log: Logger, metrics: Metrics): Parameters<typeof openFleet>[0] {
  const noteListeners = listenerNotes({ ...world, log });
  return {
    ...world,
    onListening: (...report) => {
      noteListeners(...report).catch((error: unknown) => log.warn({ err: error }, "a listener's place is not known"));
    },
    onMetrics: async (_edge, at, samples) => {
      metrics.balancers(samples);
      await keepSamples(at, samples, world);
    },
    edgeBalancer,
    edgeCertificate: readEdgeCertificate,
    edgeSecret,
    edgeTrustStore,
    renewIdentity: ({ name }, request) => renewEdgeIdentity(name, request, world),
    balancerArns: listLoadBalancerArns,
    markBalancerActive,
    onLoss: (edge, error) => log.warn({ edge, err: error }, "the connection of an edge was lost"),
    onError: (error) => log.error({ err: error }, "old changes could not be forgotten"),
  };
}

/** As `proved`, and notes when an access key or a role was last used. */
function noticed(proved: Authenticate, world: World, log: Logger): Authenticate {
  const note = lastUses({
    ...world,
    onError: (error) => log.warn({ err: error }, "when an access key was used is not known"),
  });
  return async (call, claim, scope) => {
    const principal = await proved(call, claim, scope);
    note(principal, scope);
    return principal;
  };
}

type AcceptEdge = FleetDoorDeps["accept"];
