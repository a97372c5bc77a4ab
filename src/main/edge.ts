import { readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { connect, createServer, type Server } from "node:net";
import { parseArgs } from "node:util";
import { type Edge, startEdge } from "#edge/agent.ts";
import { systemClock } from "#lib/clock.ts";
import { SECOND } from "#lib/duration.ts";
import { randomIds } from "#lib/ids.ts";
import type { AccessKey } from "#lib/sigv4-signer.ts";
import { systemTimers } from "#lib/timers.ts";
import { ConfigError } from "./config-error.ts";
import { type EdgeIdentity, edgeFiles, edgeVersion } from "./edge-files.ts";
import { openLog } from "./log.ts";

/**
 * An edge process: `--data-dir DIR --endpoint URL [--name NAME] [--log-level LEVEL]`. Its access key is read from a file
 * in that directory, so that no secret stands in a command line or environment. Resolves when it was told to stop.
 */
export async function main(args: readonly string[]): Promise<number> {
  harden();
  const options = readOptions(args);
  const files = edgeFiles(options["data-dir"]);
  const accessKey = readAccessKey(files.credentials);
  const ca = options.endpoint.protocol === "https:" ? readFileSync(files.ca, "utf8") : undefined;
  const log = openLog(options["log-level"], "edge");
  process.on("uncaughtException", (error) => {
    log.fatal(error, "the edge broke");
    process.exit(1);
  });
  const stopping = Promise.withResolvers<void>();
  const identity = {
    name: options.name,
    endpoint: options.endpoint.origin,
    accessKeyId: accessKey.accessKeyId,
    version: edgeVersion(ca),
  };
  const door = await openDoor(files.socket, identity, stopping.resolve);
  if (!door) {
    log.warn({ socket: files.socket }, "another edge is here already");
    return 3;
  }
  const edge = startEdge(
    { edge: options.name, endpoint: options.endpoint, ca, accessKey },
    { clock: systemClock, timers: systemTimers, ids: randomIds, log },
  );
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, stopping.resolve);
  // Whoever removes the data directory has no use for its edge.
  const watch = setInterval(() => exists(files.socket) || stopping.resolve(), WATCH).unref();
  log.info(identity, "the edge is here");
  await stopping.promise;
  clearInterval(watch);
  await end(edge, door, files.socket);
  log.info("the edge has drained");
  return 0;
}

/** No key material in a core dump, no file that others may read. */
function harden(): void {
  process.umask(0o077);
  try {
    writeFileSync("/proc/self/coredump_filter", "0");
  } catch {
    // Only Linux has it.
  }
}

function readOptions(args: readonly string[]): Options {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "data-dir": { type: "string" },
      endpoint: { type: "string" },
      name: { type: "string", default: "local" },
      "log-level": { type: "string", default: "info" },
    },
  });
  const endpoint = URL.parse(values.endpoint ?? "");
  if (values["data-dir"] === undefined || !endpoint || !/^https?:$/.test(endpoint.protocol)) {
    throw new ConfigError("an edge needs --data-dir DIR and --endpoint http(s)://HOST:PORT");
  }
  return { ...values, "data-dir": values["data-dir"], endpoint };
}

interface Options {
  readonly "data-dir": string;
  readonly endpoint: URL;
  readonly name: string;
  readonly "log-level": string;
}

function readAccessKey(path: string): AccessKey {
  const text = readFileSync(path, "utf8");
  const value = (name: string): string | undefined =>
    new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)\\s*$`, "m").exec(text)?.[1];
  const accessKeyId = value("aws_access_key_id");
  const secretAccessKey = value("aws_secret_access_key");
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new ConfigError(`there is no access key in ${path}`);
  return { accessKeyId, secretAccessKey };
}

/** Says who we are on the socket, and listens for "stop"; undefined when a living edge has the socket. */
async function openDoor(path: string, identity: EdgeIdentity, stop: () => void): Promise<Server | undefined> {
  const server = createServer((visitor) => {
    visitor.unref();
    visitor.on("error", () => visitor.destroy());
    visitor.write(`${JSON.stringify({ ...identity, pid: process.pid })}\n`);
    visitor.on("data", (said) => {
      if (said.includes("stop")) stop();
    });
  });
  if (await listens(server, path)) return server;
  if (await answers(path)) return undefined;
  rmSync(path, { force: true }); // left behind by an edge that was killed
  return (await listens(server, path)) ? server : undefined;
}

function listens(server: Server, path: string): Promise<boolean> {
  return new Promise((resolve) => {
    server.once("error", () => resolve(false));
    server.listen(path, () => resolve(true));
  });
}

function answers(path: string): Promise<boolean> {
  return new Promise((resolve) => {
    const visitor = connect(path, () => {
      visitor.destroy();
      resolve(true);
    });
    visitor.once("error", () => resolve(false));
  });
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Drains. Visitors are not told: whoever waits at the door sees it close when the process is gone. */
async function end(edge: Edge, door: Server, path: string): Promise<void> {
  await edge.stop();
  door.unref();
  rmSync(path, { force: true });
  setTimeout(() => process.exit(0), SECOND).unref();
}

const WATCH = 5 * SECOND;
