import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import type { Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import type { Vault } from "#custody/vault.ts";
import { callingVault, errorIn, type VaultCall } from "#custody/vault-calls.ts";
import { type Frame, frameReader, frameWriter } from "#custody/vault-frames.ts";
import { backoff } from "#lib/backoff.ts";
import { MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import { kmsArguments } from "./kms-arguments.ts";
import { recalledCalls } from "./kms-recall.ts";
import type { RootSetting } from "./root-setting.ts";

export interface KmsSettings {
  readonly roots: readonly RootSetting[];
  /** As whom it runs; undefined: as this process. */
  readonly user: { readonly uid: number; readonly gid: number } | undefined;
  readonly onError: (error: unknown) => void;
}

/** The KMS process of this node, and what is asked of it. */
export interface Kms {
  readonly vault: Vault;
  /** The process, while there is one. */
  readonly pid: () => number | undefined;
}

/**
 * Starts the KMS process, and starts it again when it ends. What was asked and not answered is asked again: every call is
 * harmless to repeat. A call rejects when it is not answered in time, or when process after process ends over it.
 */
export function startKms({ roots, user, onError }: KmsSettings): Kms {
  const waiting = new Map<number, Waiting>();
  const recall = recalledCalls();
  let child: ChildProcess | undefined;
  let ready: Channel | undefined;
  let numbers = 0;
  let stopped = false;
  let failures = 0;

  const send = (write: Channel, n: number, { name, head, parts }: Waiting): void => {
    write({ head: { ...head, n, call: name }, parts });
  };
  const ask = (to: Channel | undefined, name: VaultCall, head: Frame["head"], parts: Frame["parts"]): Promise<Frame> =>
    new Promise((resolve, reject) => {
      const n = ++numbers;
      const late = globalThis.setTimeout(() => {
        waiting.delete(n);
        reject(new Error(`the KMS process did not answer ${name} in time`));
      }, PATIENCE[name] ?? DEFAULT_PATIENCE);
      const settle =
        <Value>(act: (value: Value) => void) =>
        (value: Value): void => {
          waiting.delete(n);
          clearTimeout(late);
          act(value);
        };
      const asked = { name, head, parts, tries: 0, own: to, answer: settle(resolve), fail: settle(reject) };
      waiting.set(n, asked);
      const channel = to ?? ready;
      try {
        if (channel) send(channel, n, asked);
      } catch (error) {
        asked.fail(error);
      }
    });
  const onAnswer = (frame: Frame): void => {
    const asked = waiting.get(Number(frame.head["n"]));
    if (!asked) return;
    const error = errorIn(frame);
    if (error) asked.fail(error);
    else asked.answer(frame);
  };
  /** Starts one, tells it all that the last one knew, and asks it what the last one did not answer. */
  const live = async (): Promise<void> => {
    const started = spawnKms(roots, user);
    child = started;
    const ended = end(started);
    const socket = started.stdio[3] as Socket;
    const read = frameReader();
    const channel = frameWriter(socket);
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      try {
        for (const frame of read(chunk)) onAnswer(frame);
      } catch (error) {
        onError(error);
        started.kill("SIGKILL");
      }
    });
    const gone = ended.then((how) => {
      for (const [, asked] of waiting)
        if (asked.own === channel) asked.fail(new Error(`the KMS process ended: ${how}`));
    });
    try {
      for (const { name, head, parts } of recall.calls()) await ask(channel, name, head, parts);
      ready = channel;
      for (const [n, asked] of waiting) {
        if (asked.own) continue;
        if (++asked.tries > MOST_TRIES)
          asked.fail(new Error(`the KMS process ended over ${asked.name}, again and again`));
        else send(channel, n, asked);
      }
      failures = 0;
    } catch (error) {
      if (!stopped) onError(error);
      failures++;
      started.kill("SIGKILL");
    }
    const how = await ended;
    await gone;
    ready = undefined;
    if (stopped) return;
    failures++;
    onError(new Error(`the KMS process ended with ${how}; another is started`));
  };
  const keep = async (): Promise<void> => {
    while (!stopped) {
      try {
        await live();
      } catch (error) {
        failures++;
        onError(error);
      }
      if (!stopped && failures > 1) await setTimeout(backoff(failures - 1, RETRY));
    }
  };
  const keeping = keep();

  const call = async (name: VaultCall, head: Frame["head"], parts: Frame["parts"] = []): Promise<Frame> => {
    if (stopped) throw new Error("the KMS process was ended");
    const answer = await ask(undefined, name, head, parts);
    recall.note(name, head, parts, answer);
    return answer;
  };
  return {
    pid: () => (child?.exitCode === null && child.signalCode === null ? child.pid : undefined),
    vault: callingVault(call, async () => {
      stopped = true;
      for (const asked of waiting.values()) asked.fail(new Error("the KMS process is ended"));
      (child?.stdio[3] as Socket | undefined)?.end();
      const patience = globalThis.setTimeout(() => child?.kill("SIGKILL"), STOP);
      await keeping;
      clearTimeout(patience);
    }),
  };
}

/** What takes frames to one KMS process. */
type Channel = (frame: Frame) => void;

interface Waiting {
  readonly name: VaultCall;
  readonly head: Frame["head"];
  readonly parts: Frame["parts"];
  /** How many processes ended over it. */
  tries: number;
  /** The one process that it is for; undefined: whichever is there. */
  readonly own: Channel | undefined;
  readonly answer: (frame: Frame) => void;
  readonly fail: (error: unknown) => void;
}

/** Without core dumps, the inspector, and anything of our environment but what a token's library may need. */
function spawnKms(roots: readonly RootSetting[], user: KmsSettings["user"]): ChildProcess {
  const given = kmsArguments(roots);
  try {
    const heap = roots.some(({ kind }) => kind === "passphrase") ? PASSPHRASE_HEAP : SECURE_HEAP;
    const node = [process.execPath, "--disable-sigusr1", `--secure-heap=${heap}`, KMS];
    return spawn("/bin/sh", ["-c", 'ulimit -c 0; exec "$@"', "sealkeeper-kms", ...node, JSON.stringify(given.roots)], {
      env: roots.some(({ kind }) => kind === "pkcs11") ? libraryEnvironment() : {},
      cwd: "/",
      stdio: ["ignore", "inherit", "inherit", "pipe", ...given.descriptors],
      ...user,
    });
  } finally {
    given.close();
  }
}

function libraryEnvironment(): Record<string, string | undefined> {
  return Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(SEALKEEPER|AWS|NODE)_/.test(name)));
}

async function end(child: ChildProcess): Promise<string> {
  try {
    const [code, signal] = (await once(child, "exit")) as [number | null, string | null];
    return String(code ?? signal);
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

const KMS = fileURLToPath(new URL("./kms.ts", import.meta.url));
const RETRY = { first: 50, most: 5 * SECOND };
const DEFAULT_PATIENCE: Millis = 20 * SECOND;
/** An RSA key of 4096 bits takes seconds, of a machine that is busy many. */
const PATIENCE: Partial<Readonly<Record<VaultCall, Millis>>> = { make: MINUTE, openRoot: MINUTE };
const MOST_TRIES = 3;
const STOP: Millis = 5 * SECOND;
/** OpenSSL's locked memory for private keys: room for some 3,600 of RSA_2048, where at most 64 are open. */
const SECURE_HEAP: number = 4 * 1024 * 1024;
/** OpenSSL takes argon2id's 64 MiB from it as well, and hands out powers of two. */
const PASSPHRASE_HEAP: number = 128 * 1024 * 1024;
