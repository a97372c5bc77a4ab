import { readFileSync } from "node:fs";
import { Socket } from "node:net";
import { bindAttempts, onlyThere } from "#edge/bind.ts";
import type { SupervisorNote } from "#edge/supervisor/notes.ts";
import { startWorker } from "#edge/worker.ts";
import { systemClock } from "#lib/clock.ts";
import { randomIds } from "#lib/ids.ts";
import { systemTimers } from "#lib/timers.ts";
import { edgeFiles } from "./edge-files.ts";
import { identityIn } from "./edge-identity.ts";
import { edgeLogs, providerRoots } from "./edge-logs.ts";
import { edgeArguments, readAccessKey, readEdgeOptions } from "./edge-options.ts";
import { serveOn } from "./edge-succession.ts";
import { FRAMES } from "./edge-workers.ts";
import { harden } from "./harden.ts";
import { openLog } from "./log.ts";

// A worker of an edge: the process that has keys in clear and serves. Started by its supervisor, by main/edge-workers.ts.

harden();
const options = readEdgeOptions(process.argv.slice(2));
const files = edgeFiles(options.dataDir);
const log = openLog(options.logLevel, "edge").child({ worker: process.pid });
process.on("uncaughtException", (error) => {
  log.fatal(error, "a worker broke");
  process.exit(1);
});
const [endpoint, ...otherEndpoints] = options.endpoints;
const stopping = Promise.withResolvers<void>();
const worker = startWorker(
  {
    edge: options.name,
    endpoint,
    otherEndpoints,
    ca: endpoint.protocol === "https:" ? readFileSync(files.ca, "utf8") : undefined,
    accessKey: readAccessKey(files.credentials),
    attempts: options.remote ? onlyThere : bindAttempts,
    roots: providerRoots(options.dataDir),
    ...(options.remote ? { identity: identityIn(files) } : {}),
  },
  {
    frames: new Socket({ fd: FRAMES, readable: true, writable: true }).on("error", () => {}),
    note: (note) => void (process.connected && process.send?.(note)),
    onNote: (act) => process.on("message", (note, handle) => act(note as SupervisorNote, handle)),
  },
  {
    clock: systemClock,
    timers: systemTimers,
    ids: randomIds,
    log,
    logs: edgeLogs(options.dataDir),
    onStop: stopping.resolve,
  },
);
process.on("SIGINT", () => {}); // of a terminal: it is for the supervisor
process.once("SIGTERM", stopping.resolve);
process.once("disconnect", () => {
  serveOn(worker, { files, args: edgeArguments(options), log }).then(stopping.resolve, (error: unknown) => {
    log.fatal({ err: error }, "nobody takes over");
    stopping.resolve();
  });
});
await stopping.promise;
await worker.stop();
log.info("a worker has drained");
process.exit(0);
