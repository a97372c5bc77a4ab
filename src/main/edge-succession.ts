import { spawn } from "node:child_process";
import { closeSync, openSync, statSync } from "node:fs";
import { createServer } from "node:net";
import { dirname } from "node:path";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Inherited } from "#edge/supervisor/sockets.ts";
import type { EdgeWorker } from "#edge/worker.ts";
import { backoff } from "#lib/backoff.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { answers, claim, visit } from "./edge-door.ts";
import type { EdgeFiles } from "./edge-files.ts";
import type { Logger } from "./log.ts";

/** What a new supervisor gets on its standard input from a worker that outlived the one before. */
export interface Bequest {
  /** In the order of their descriptors, which begin with 3. */
  readonly sockets: readonly Inherited[];
  readonly serving: readonly string[];
}

interface SuccessionDeps {
  readonly files: EdgeFiles;
  /** With which the edge was started. */
  readonly args: readonly string[];
  readonly log: Logger;
}

/**
 * Serves on without a supervisor. One of the workers starts another, and hands it the sockets on which they listen, so
 * that no connection is lost. Resolves when the new one's workers are ready, or there is no edge to be any more.
 */
export async function serveOn(worker: Pick<EdgeWorker, "listening" | "serving">, deps: SuccessionDeps): Promise<void> {
  const { files, log } = deps;
  log.warn("the supervisor is gone: what is known is served on");
  for (let failures = 0; exists(dirname(files.socket)); ) {
    const answer = await visit(files.socket, "orphan");
    if (answer === "yield") return;
    if (worker.listening().length === 0) return; // there is nothing to be handed over
    failures = (await startAnother(worker, deps)) ? 0 : failures + 1;
    await setTimeout(backoff(failures, RETRY));
  }
}

/** What a worker of an earlier supervisor wrote to our standard input. */
export async function readBequest(): Promise<Bequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of process.stdin) chunks.push(chunk as Buffer);
  return JSON.parse(Buffer.concat(chunks).toString()) as Bequest;
}

/** Starts a supervisor unless another worker does. False when it did not come to open the edge's door. */
async function startAnother(
  worker: Pick<EdgeWorker, "listening" | "serving">,
  { files, args, log }: SuccessionDeps,
): Promise<boolean> {
  const place = createServer((visitor) => visitor.on("error", () => {}).end());
  if (!(await claim(place, files.heir))) return true;
  try {
    if (await answers(files.socket)) return true;
    const sockets = worker.listening();
    const bequest: Bequest = {
      sockets: sockets.map((socket, i) => ({ place: socket.place, fd: FIRST + i })),
      serving: worker.serving(),
    };
    const errors = openSync(files.log, "a", 0o600);
    const child = spawn(process.execPath, ["--disable-sigusr1", SEALKEEPER, "edge", ...args, "--inherit"], {
      detached: true,
      env: {},
      stdio: ["pipe", errors, errors, ...sockets.map(({ fd }) => fd)],
    });
    closeSync(errors);
    child.unref();
    child.stdin?.on("error", () => {}).end(JSON.stringify(bequest));
    let ended = child.pid === undefined;
    child.once("error", () => (ended = true));
    child.once("exit", () => (ended = true));
    log.warn({ supervisor: child.pid }, "another supervisor is started");
    for (let looks = 0; looks < MOST_LOOKS && !ended; looks++) {
      await setTimeout(LOOK);
      if (await answers(files.socket)) return true;
    }
    if (!ended) child.kill("SIGKILL");
    return await answers(files.socket);
  } finally {
    place.close();
  }
}

function exists(path: string): boolean {
  return statSync(path, { throwIfNoEntry: false }) !== undefined;
}

/** Behind standard input, output and error. */
const FIRST = 3;
const SEALKEEPER = fileURLToPath(new URL("../../bin/sealkeeper.ts", import.meta.url));
const RETRY = { first: 25, most: 5 * SECOND };
const LOOK: Millis = 20;
const MOST_LOOKS = 500;
