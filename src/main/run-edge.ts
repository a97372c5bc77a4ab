import { type EdgeSettings, startEdge } from "#edge/agent.ts";
import { bindAttempts, onlyThere } from "#edge/bind.ts";
import { canBindHandles } from "#edge/supervisor/handles.ts";
import { startSupervisor } from "#edge/supervisor/supervisor.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import type { AccessKey } from "#lib/sigv4-signer.ts";
import { systemTimers } from "#lib/timers.ts";
import type { EdgeFiles } from "./edge-files.ts";
import { identityIn } from "./edge-identity.ts";
import { edgeLogs, providerRoots } from "./edge-logs.ts";
import { type EdgeOptions, edgeArguments } from "./edge-options.ts";
import { type IdentityRenewal, renewIdentity } from "./edge-renewal.ts";
import { stateFile } from "./edge-state-file.ts";
import type { Bequest } from "./edge-succession.ts";
import { startWorkerProcess } from "./edge-workers.ts";
import type { Logger } from "./log.ts";

/** An edge, whether it is one process or several. */
export interface RunningEdge {
  /** Resolves when it serves all that there is to be served. */
  readonly ready: Promise<void>;
  /** Of its workers. */
  readonly pids: readonly number[];
  reload(): Promise<void>;
  stop(): Promise<void>;
}

export interface ToRun {
  readonly options: EdgeOptions;
  readonly files: EdgeFiles;
  readonly accessKey: AccessKey;
  readonly ca: string | undefined;
  readonly bequest: Bequest | undefined;
  readonly log: Logger;
}

/** Starts an edge with its workers, or, `inline`, in this process. */
export function runEdge({ options, files, accessKey, ca, bequest, log }: ToRun): RunningEdge {
  const [endpoint, ...otherEndpoints] = options.endpoints;
  const settings: EdgeSettings = {
    edge: options.name,
    endpoint,
    otherEndpoints,
    ca,
    accessKey,
    keyLease: options.keyLease,
    roots: providerRoots(options.dataDir),
    attempts: options.remote ? onlyThere : bindAttempts,
    ...(options.remote ? { identity: identityIn(files) } : {}),
  };
  const deps = { clock: systemClock, timers: systemTimers, ids: randomIds, log, logs: edgeLogs(options.dataDir) };
  if (options.workers === "inline") return inline(settings, deps);
  if (!canBindHandles()) {
    log.error("this Node cannot share sockets between processes: the edge runs as one process");
    return inline(settings, deps);
  }
  const args = edgeArguments(options);
  let renewal: IdentityRenewal | undefined;
  const supervisor = startSupervisor(
    { ...settings, workers: options.workers, legacy: bequest, onIdentity: (chain) => renewal?.take(chain) },
    {
      ...deps,
      startWorker: () => startWorkerProcess(args),
      stateLog: stateFile(files.state, (error) => log.warn({ err: error }, "the state of the edge could not be kept")),
    },
  );
  if (settings.identity) {
    const { identity } = settings;
    renewal = renewIdentity({
      ...deps,
      files,
      edge: options.name,
      identity,
      tell: (message) => supervisor.tell(message),
    });
  }
  return supervisor;
}

function inline(settings: EdgeSettings, deps: Parameters<typeof startEdge>[1]): RunningEdge {
  const edge = startEdge(settings, deps);
  return {
    ready: Promise.resolve(),
    pids: [],
    reload: () => Promise.reject(new Error("an inline edge has no workers that could be replaced")),
    stop: () => edge.stop(),
  };
}
