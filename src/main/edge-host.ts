import { spawn } from "node:child_process";
import { closeSync, mkdirSync, openSync } from "node:fs";
import { connect, type Socket } from "node:net";
import { setTimeout } from "node:timers/promises";
import { fileURLToPath } from "node:url";
import { backoff } from "#lib/backoff.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { object, text, whole } from "#lib/shape.ts";
import type { AccessKey } from "#lib/sigv4-signer.ts";
import { readIfThere, writeSecretFile } from "./data-dir.ts";
import { ANOTHER_IS_HERE, answers } from "./edge-door.ts";
import { type EdgeFiles, type EdgeIdentity, edgeFiles, edgeVersions, successionOf } from "./edge-files.ts";
import { type EdgeOptions, edgeArguments, edgeSettingsText } from "./edge-options.ts";

export interface EdgeHostSettings {
  /** Absolute. */
  readonly dataDir: string;
  /** The origin of our API, as this machine reaches it. */
  readonly endpoint: URL;
  /** PEM; whom the edge trusts, when the endpoint is HTTPS. */
  readonly ca?: string;
  readonly name: string;
  readonly accessKey: AccessKey;
  readonly logLevel: string;
  readonly workers: number | "inline";
  readonly keyLease: Millis | undefined;
  /** The nodes of the control plane behind the first. */
  readonly otherEndpoints?: readonly URL[];
  /** It is on a machine of its own, and proves itself by the identity in its directory. */
  readonly remote?: boolean;
  readonly requireErasure?: boolean;
}

/** Keeps an edge process beside the control plane. */
export interface EdgeHost {
  /** The edge's process, while we are connected to it. */
  pid(): number | undefined;
  /** Lets the edge drain and end. */
  stop(): Promise<void>;
}

/**
 * Makes sure that there is an edge: the one that outlived an earlier control plane if it is the same, else a new one,
 * and another one whenever it is gone. The edge is detached: when the control plane is killed, it serves on.
 */
export function keepEdge(
  settings: EdgeHostSettings,
  { onError }: { readonly onError: (error: unknown) => void },
): EdgeHost {
  const files = edgeFiles(settings.dataDir);
  const wanted = prepare(settings, files);
  const stopped = new AbortController();
  let current: Visit | undefined;

  const keep = async (): Promise<void> => {
    for (let failures = 0; !stopped.signal.aborted; ) {
      try {
        const visit = (await enter(files.socket)) ?? (await start(settings, files, stopped.signal));
        if (!visit) break;
        const step = stopped.signal.aborted ? "stop" : successionOf(visit.identity, wanted);
        if (step === "stop" || step === "replace") {
          await visit.end(step);
          continue;
        }
        if (step === "reload") visit.reload();
        current = visit;
        failures = 0;
        await visit.left;
        current = undefined;
      } catch (error) {
        onError(error);
        failures++;
        await setTimeout(backoff(failures, RETRY), undefined, { signal: stopped.signal }).catch(() => {});
      }
    }
  };
  const keeping = keep();
  return {
    pid: () => current?.pid,
    async stop() {
      stopped.abort();
      await current?.end("stop");
      await keeping;
      await stopHeirs(files);
    },
  };
}

/** Writes what the edge will read. */
function prepare(settings: EdgeHostSettings, files: EdgeFiles): EdgeIdentity {
  const { dataDir, accessKey, ca, endpoint, name } = settings;
  mkdirSync(dataDir, { recursive: true, mode: 0o700 });
  const { accessKeyId, secretAccessKey } = accessKey;
  const credentials = `[default]\naws_access_key_id = ${accessKeyId}\naws_secret_access_key = ${secretAccessKey}\n`;
  if (readIfThere(files.credentials)?.toString() !== credentials) writeSecretFile(files.credentials, credentials);
  if (ca !== undefined && readIfThere(files.ca)?.toString() !== ca) writeSecretFile(files.ca, ca);
  const text = edgeSettingsText(optionsOf(settings));
  return { name, endpoint: endpoint.origin, accessKeyId, settings: text, ...edgeVersions(ca) };
}

function optionsOf(settings: EdgeHostSettings): Omit<EdgeOptions, "inherit"> {
  const { endpoint, otherEndpoints = [], remote = false, requireErasure = false } = settings;
  return { ...settings, endpoints: [endpoint, ...otherEndpoints], remote, requireErasure };
}

/** An edge whose supervisor died just now is started again by its workers: it is stopped, too. */
async function stopHeirs({ heir, socket }: EdgeFiles): Promise<void> {
  while ((await answers(heir)) || (await answers(socket))) {
    const visit = await enter(socket);
    if (visit) await visit.end("stop");
    else await setTimeout(LOOK);
  }
}

/** A connection to a living edge. It lasts as long as the edge does. */
interface Visit {
  readonly identity: EdgeIdentity;
  readonly pid: number;
  readonly left: Promise<void>;
  /** Tells it to stop, or to make way for another; resolves when it is gone, which is not left to its good will. */
  end(how: "stop" | "replace"): Promise<void>;
  /** Tells it to replace its workers, which run earlier code. */
  reload(): void;
}

/** Undefined when no edge is there. */
async function enter(path: string): Promise<Visit | undefined> {
  const socket = await open(path);
  if (!socket) return undefined;
  const left = new Promise<void>((resolve) => socket.once("close", () => resolve()));
  const hello = await readHello(socket);
  if (!hello) return undefined;
  const { pid, ...identity } = hello;
  const end = async (how: "stop" | "replace"): Promise<void> => {
    socket.write(`${how}\n`);
    const waiting = new AbortController();
    await Promise.race([left, setTimeout(STOP, undefined, { signal: waiting.signal }).catch(() => {})]);
    waiting.abort();
    if (!socket.destroyed) kill(pid);
    await left;
  };
  return { identity, pid, left, end, reload: () => void socket.write("reload\n") };
}

/** The line with which an edge greets; undefined when it died just then. Rejects when who listens there is no edge. */
function readHello(socket: Socket): Promise<(EdgeIdentity & { readonly pid: number }) | undefined> {
  return new Promise((resolve, reject) => {
    let said = "";
    socket.setEncoding("utf8");
    socket.setTimeout(HELLO, () => socket.destroy());
    socket.on("error", () => socket.destroy());
    socket.once("close", () => {
      if (said === "") resolve(undefined);
      else reject(new Error("who listens on the edge's socket is no edge"));
    });
    socket.on("data", (more) => {
      said += String(more);
      if (!said.includes("\n")) return said.length > MOST_HELLO ? void socket.destroy() : undefined;
      const hello = parse(said);
      if (!hello) return void socket.destroy();
      socket.setTimeout(0);
      resolve(hello);
    });
  });
}

function parse(text: string): (EdgeIdentity & { readonly pid: number }) | undefined {
  try {
    const hello: unknown = JSON.parse(text);
    return HELLO_SHAPE(hello) ? (hello as EdgeIdentity & { readonly pid: number }) : undefined;
  } catch {
    return undefined;
  }
}

async function start(settings: EdgeHostSettings, files: EdgeFiles, signal: AbortSignal): Promise<Visit | undefined> {
  const log = openSync(files.log, "a", 0o600);
  const args = edgeArguments(optionsOf(settings));
  const child = spawn(process.execPath, ["--disable-sigusr1", SEALKEEPER, "edge", ...args], {
    detached: true,
    stdio: ["ignore", log, log],
    env: {},
  });
  closeSync(log);
  child.unref();
  const failed = new Promise<never>((_, reject) => {
    child.once("error", reject);
    child.once("exit", (code, how) => {
      // Another one is looked for where it must be.
      if (code !== ANOTHER_IS_HERE)
        reject(new Error(`the edge ended at its start with ${code ?? how}: see ${files.log}`));
    });
  });
  failed.catch(() => {});
  for (let looks = 0; looks < MOST_LOOKS; looks++) {
    const visit = await Promise.race([enter(files.socket), failed]);
    if (visit) return visit;
    if (signal.aborted) {
      child.kill();
      return undefined;
    }
    await Promise.race([setTimeout(LOOK), failed]);
  }
  child.kill("SIGKILL");
  throw new Error(`the edge does not answer: see ${files.log}`);
}

function open(path: string): Promise<Socket | undefined> {
  return new Promise((resolve, reject) => {
    const socket = connect(path, () => {
      socket.off("error", fail);
      resolve(socket);
    });
    const fail = (error: NodeJS.ErrnoException): void => {
      if (error.code === "ENOENT" || error.code === "ECONNREFUSED") resolve(undefined);
      else reject(error);
    };
    socket.on("error", fail);
  });
}

function kill(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // It has gone by itself.
  }
}

const SEALKEEPER = fileURLToPath(new URL("../../bin/sealkeeper.ts", import.meta.url));
const HELLO_SHAPE = object({
  name: text(64),
  endpoint: text(1024),
  accessKeyId: text(128),
  settings: text(4096),
  version: text(128),
  supervisor: text(128),
  pid: whole(2, 2 ** 31),
});
const MOST_HELLO = 8192;
const RETRY = { first: 50, most: 5 * SECOND };
const LOOK: Millis = 20;
const MOST_LOOKS = 500;
const HELLO: Millis = 5 * SECOND;
/** An edge drains for up to five seconds. */
const STOP: Millis = 8 * SECOND;
