import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type HostPort, showHostPort } from "#main/addresses.ts";
import { until } from "./until.ts";

/** Where a product of one's own runs: a directory and ports that nobody else has. */
export interface Place {
  readonly dataDir: string;
  readonly listen: HostPort;
  readonly dns: HostPort;
}

/** The running product, as `sealkeeper serve` starts it. */
export interface Product extends Place {
  readonly endpoint: string;
  /** The root key of the first account, from `<data>/credentials`. */
  readonly credentials: Credentials;
  readonly process: ChildProcess;
  /** Its last lines. */
  logTail(lines?: number): string;
  /** Ends it gracefully, and its edge with it. */
  stop(): Promise<void>;
}

export interface Credentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
}

export async function newPlace(): Promise<Place> {
  const [api, dns] = await Promise.all([freePort(), freePort()]);
  return {
    dataDir: mkdtempSync(join(tmpdir(), "sealkeeper-")),
    listen: { host: "127.0.0.1", port: api },
    dns: { host: "127.0.0.1", port: dns },
  };
}

export function leavePlace({ dataDir }: Place): void {
  rmSync(dataDir, { recursive: true, force: true });
}

/** Starts `sealkeeper serve` with further settings and waits until it is healthy. */
export async function startProduct(place: Place, settings: Readonly<Record<string, string>>): Promise<Product> {
  const flags = {
    "data-dir": place.dataDir,
    listen: showHostPort(place.listen),
    dns: showHostPort(place.dns),
    ...settings,
  };
  const bin = new URL("../../../bin/sealkeeper.ts", import.meta.url).pathname;
  const args = Object.entries(flags).flatMap(([name, value]) => [`--${name}`, value]);
  const child = spawn(process.execPath, [bin, "serve", ...args], { stdio: ["ignore", "pipe", "pipe"] });
  const log: string[] = [];
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding("utf8").on("data", (text: string) => {
      log.push(text);
      if (log.length > KEPT) log.shift();
    });
  }
  const endpoint = `http://${showHostPort(place.listen)}`;
  const logTail = (lines = 12): string => log.join("").split("\n").slice(-lines).join("\n");
  await until(
    "sealkeeper serve is healthy",
    async () => {
      if (child.exitCode !== null) throw new Error(`sealkeeper serve ended with ${child.exitCode}:\n${logTail()}`);
      const answer = await fetch(`${endpoint}/_sealkeeper/health`).catch(() => undefined);
      return answer?.ok ? true : undefined;
    },
    60,
  );
  return {
    ...place,
    endpoint,
    credentials: readCredentials(join(place.dataDir, "credentials")),
    process: child,
    logTail,
    async stop() {
      if (child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

function readCredentials(path: string): Credentials {
  const text = readFileSync(path, "utf8");
  const field = (name: string): string => new RegExp(`^${name}\\s*=\\s*(\\S+)`, "m").exec(text)?.[1] ?? "";
  return { accessKeyId: field("aws_access_key_id"), secretAccessKey: field("aws_secret_access_key") };
}

/** A port of 127.0.0.1 that nobody listens on at this moment. */
export async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

const KEPT = 200;
