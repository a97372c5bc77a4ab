import { fork, type SendHandle, type Serializable } from "node:child_process";
import type { Duplex } from "node:stream";
import { fileURLToPath } from "node:url";
import type { WorkerProcess } from "#edge/supervisor/crew.ts";
import type { WorkerNote } from "#edge/supervisor/notes.ts";

/**
 * Starts a worker of an edge: frames go over a socket pair, notes and sockets over the channel of a forked process. It is
 * detached: when its supervisor is killed, it serves on.
 */
export function startWorkerProcess(args: readonly string[]): WorkerProcess {
  const child = fork(WORKER, args, {
    execArgv: ["--disable-sigusr1", YOUNG_MEMORY],
    env: {},
    serialization: "advanced",
    detached: true,
    stdio: ["ignore", "inherit", "inherit", "ipc", "pipe"],
  });
  const ended = new Promise<string>((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("exit", (code, signal) => resolve(String(code ?? signal)));
  });
  return {
    pid: child.pid ?? 0,
    frames: child.stdio[FRAMES] as Duplex,
    note(note, handle) {
      // One that has just died is told nothing: its end is noticed by itself.
      if (child.connected) child.send(note as Serializable, handle as SendHandle | undefined, () => {});
    },
    onNote(act) {
      child.on("message", (note) => act(note as WorkerNote));
    },
    ended,
    kill: () => void child.kill("SIGKILL"),
  };
}

/** The descriptor of the frames' socket, on both sides. */
export const FRAMES = 4;
/**
 * In MiB. Of 16, V8's default, ten thousand handshakes leave 10 kB each behind that nobody collects while they are idle;
 * of 4, the collector takes a tenth of a request's time (24.21: 50 and 41 kB for a connection, 2, 2 and 3.4 us a request).
 */
const YOUNG_MEMORY = "--max-semi-space-size=8";
const WORKER = fileURLToPath(new URL("./edge-worker.ts", import.meta.url));
