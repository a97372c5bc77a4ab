import { readFileSync, statSync } from "node:fs";
import type { Socket } from "node:net";
import { SECOND } from "#lib/duration.ts";
import { checkErasure } from "./check-erasure.ts";
import { ANOTHER_IS_HERE, answers, type Door, type DoorWord, openDoor } from "./edge-door.ts";
import { type EdgeIdentity, edgeFiles, edgeVersions } from "./edge-files.ts";
import { edgeSettingsText, readAccessKey, readEdgeOptions } from "./edge-options.ts";
import { readBequest } from "./edge-succession.ts";
import { harden } from "./harden.ts";
import { openLog } from "./log.ts";
import { type RunningEdge, runEdge } from "./run-edge.ts";

/**
 * An edge: `readEdgeOptions` says which flags it takes. Its access key is read from a file in its data directory, so that
 * no secret stands in a command line or environment. Resolves when it was told to stop.
 */
export async function main(args: readonly string[]): Promise<number> {
  harden();
  const options = readEdgeOptions(args);
  const files = edgeFiles(options.dataDir);
  const [{ origin, protocol }] = options.endpoints;
  const accessKey = readAccessKey(files.credentials);
  const ca = protocol === "https:" ? readFileSync(files.ca, "utf8") : undefined;
  const log = openLog(options.logLevel, "edge");
  process.on("uncaughtException", (error) => {
    log.fatal(error, "the edge broke");
    process.exit(1);
  });
  const bequest = options.inherit ? await readBequest() : undefined;
  if (!bequest && (await answers(files.heir))) {
    log.warn("the workers of an earlier supervisor start another themselves");
    return ANOTHER_IS_HERE;
  }

  let identity: EdgeIdentity = {
    name: options.name,
    endpoint: origin,
    accessKeyId: accessKey.accessKeyId,
    settings: edgeSettingsText(options),
    ...edgeVersions(ca),
  };
  let edge: RunningEdge | undefined;
  let door: Door | undefined;
  const stopping = Promise.withResolvers<void>();
  const makeWay = (): void => {
    log.info("another supervisor takes over");
    door?.close();
    setImmediate(() => process.exit(0)); // its workers see to the rest
  };
  const reload = async (): Promise<string> => {
    const { version, supervisor } = edgeVersions(ca);
    if (supervisor !== identity.supervisor) {
      makeWay();
      return "replaced";
    }
    log.info("the workers are replaced");
    await edge?.reload();
    identity = { ...identity, version };
    return "reloaded";
  };
  const obey = (word: DoorWord, visitor: Socket): Promise<string> | undefined => {
    switch (word) {
      case "stop":
        stopping.resolve();
        return undefined;
      case "reload":
        return reload();
      case "replace":
        makeWay();
        return undefined;
      case "orphan":
        // It has the sockets, and we were not given them: it starts the one to whom it gives them.
        if (!bequest) {
          log.warn("workers of an earlier supervisor hold its sockets: they start another themselves");
          door?.close();
          setImmediate(() => process.exit(ANOTHER_IS_HERE));
          return undefined;
        }
        visitor.ref();
        return Promise.race([edge?.ready, stopping.promise]).then(() => "yield");
    }
  };
  const greet = (): string => JSON.stringify({ ...identity, pid: process.pid, workers: edge?.pids ?? [] });
  door = await openDoor(files.socket, greet, obey);
  if (!door) {
    log.warn({ socket: files.socket }, "another edge is here already");
    return ANOTHER_IS_HERE;
  }
  // Workers run on the same Node. It takes a second of processor time, for which nobody waits who need not.
  if (options.requireErasure && !(await checkErasure({ required: true, log }))) {
    door.close();
    return KEYS_WOULD_STAY;
  }
  edge = runEdge({ options, files, accessKey, ca, bequest, log });
  if (!options.requireErasure) setTimeout(() => void checkErasure({ required: false, log }), ERASURE_AFTER).unref();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopping.resolve());
  process.on("SIGHUP", () => {
    reload().catch((error: unknown) => log.error({ err: error }, "the workers could not be replaced"));
  });
  // Whoever removes the data directory has no use for its edge.
  const watch = setInterval(() => exists(files.socket) || stopping.resolve(), WATCH).unref();
  log.info({ ...identity, inherited: bequest?.sockets.length ?? 0 }, "the edge is here");
  await stopping.promise;
  clearInterval(watch);
  await edge.stop();
  // Visitors are not told: whoever waits at the door sees it close when the process is gone.
  door.close();
  log.info("the edge has drained");
  setTimeout(() => process.exit(0), SECOND).unref();
  return 0;
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

const WATCH = 5 * SECOND;
const KEYS_WOULD_STAY = 1;
const ERASURE_AFTER = 20 * SECOND;
