import { type ChildProcess, spawn } from "node:child_process";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Custody } from "#custody/custody.ts";
import { addToPool, poolLevel } from "#custody/key-pool.ts";
import { newPoolDataKey } from "#custody/wrapped-key.ts";
import { backoff } from "#lib/backoff.ts";
import { MINUTE, SECOND } from "#lib/duration.ts";
import { readKeyFrames } from "./key-maker-frames.ts";

export interface KeyMakerDeps extends Pick<Custody, "store" | "clock" | "root"> {
  /** How many keys a full pool has; it is filled again when half of them are gone. 0: no keys are made in advance. */
  readonly size: number;
  readonly onError: (error: unknown) => void;
}

/** Keeps the pool of RSA keys filled for as long as it runs. */
export interface KeyMaker {
  /** The process that makes keys, while there is one. */
  pid(): number | undefined;
  stop(): Promise<void>;
}

/**
 * Looks at the pool once a second, and has it filled by a process of its own when it runs low. Returns at once: start-up
 * does not wait for keys. A key maker that fails is replaced, with growing pauses.
 */
export function startKeyMaker(deps: KeyMakerDeps): KeyMaker {
  const stopped = new AbortController();
  let child: ChildProcess | undefined;
  let failures = 0;

  const loop = async (): Promise<void> => {
    while (!stopped.signal.aborted) {
      try {
        if (await isLow(deps)) await fill(deps, stopped.signal, (started) => (child = started));
        failures = 0;
      } catch (error) {
        if (stopped.signal.aborted) break;
        failures++;
        deps.onError(error);
      }
      await rest(failures === 0 ? LOOK : backoff(failures, RETRY), stopped.signal);
    }
  };
  const running = deps.size > 0 ? loop() : Promise.resolve();
  return {
    pid: () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined),
    async stop() {
      stopped.abort();
      await running;
    },
  };
}

async function isLow(deps: KeyMakerDeps): Promise<boolean> {
  return (await poolLevel(deps.size, deps)) <= deps.size / 2;
}

/** One run of the key maker: a data key of its own, and keys ordered one by one until the pool is full. */
async function fill(deps: KeyMakerDeps, signal: AbortSignal, started: (child: ChildProcess) => void): Promise<void> {
  const pool = newPoolDataKey(deps.root);
  const child = spawn(process.execPath, ["--disable-sigusr1", KEY_MAKER], {
    env: {},
    stdio: ["pipe", "pipe", "inherit"],
  });
  started(child);
  const kill = (): void => void child.kill("SIGKILL"); // it has nothing to lose
  signal.addEventListener("abort", kill, { once: true });
  if (signal.aborted) kill();
  const ended = end(child);
  let how: string;
  try {
    child.stdin.on("error", () => {}); // it died: its output ends, too
    {
      using dataKey = pool.dataKey;
      await new Promise<void>((resolve) => child.stdin.write(dataKey.bytes, () => resolve()));
    }
    child.stdin.write(ORDER);
    for await (const pair of readKeyFrames(child.stdout)) {
      await addToPool(pair, pool.sealed, deps);
      if (signal.aborted || (await poolLevel(deps.size, deps)) >= deps.size) break;
      child.stdin.write(ORDER);
    }
  } finally {
    child.stdin.end();
    how = await ended;
    signal.removeEventListener("abort", kill);
  }
  if (how !== "0" && !signal.aborted) throw new Error(`the key maker ended with ${how}`);
}

/** How a process ends: its exit code, the signal that killed it, or why it could not be started. */
function end(child: ChildProcess): Promise<string> {
  return new Promise((resolve) => {
    child.once("error", (error) => resolve(error.message));
    child.once("close", (code, signal) => resolve(String(code ?? signal)));
  });
}

async function rest(ms: number, signal: AbortSignal): Promise<void> {
  await setTimeout(ms, undefined, { signal }).catch(() => {}); // woken by the end
}

const KEY_MAKER = fileURLToPath(new URL("./key-maker.ts", import.meta.url));
const ORDER = Buffer.from([1]);
const LOOK = SECOND;
const RETRY = { first: SECOND, most: MINUTE };
