import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import type { AddressInfo } from "node:net";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { HostPort } from "#main/addresses.ts";

/** The running product, as `sealkeeper serve` starts it, in a directory and on ports of its own. */
export interface Product {
  readonly endpoint: string;
  readonly dns: HostPort;
  readonly dataDir: string;
  /** The root key of the first account, from `<data>/credentials`. */
  readonly credentials: { readonly accessKeyId: string; readonly secretAccessKey: string };
  logTail(): string;
  /** Ends it and removes its directory. */
  stop(): Promise<void>;
}

export async function startProduct(settings: {
  readonly database: string | undefined;
  readonly renewBefore: string;
}): Promise<Product> {
  const dataDir = mkdtempSync(join(tmpdir(), "sealkeeper-demo-"));
  const [api, dnsPort] = await Promise.all([freePort(), freePort()]);
  const flags = {
    "data-dir": dataDir,
    listen: `127.0.0.1:${api}`,
    dns: `127.0.0.1:${dnsPort}`,
    "leaf-lifetime": "10m",
    "renew-before": settings.renewBefore,
    ...(settings.database === undefined ? {} : { database: settings.database }),
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
  const endpoint = `http://127.0.0.1:${api}`;
  const logTail = (): string => log.join("").split("\n").slice(-12).join("\n");
  await healthy(endpoint, child, logTail);
  return {
    endpoint,
    dns: { host: "127.0.0.1", port: dnsPort },
    dataDir,
    credentials: readCredentials(join(dataDir, "credentials")),
    logTail,
    async stop() {
      if (child.exitCode === null) {
        child.kill("SIGTERM");
        await once(child, "exit");
      }
      rmSync(dataDir, { recursive: true, force: true });
    },
  };
}

async function healthy(endpoint: string, child: ChildProcess, logTail: () => string): Promise<void> {
  for (let tries = 0; tries < 400; tries++) {
    if (child.exitCode !== null) throw new Error(`sealkeeper serve ended with ${child.exitCode}:\n${logTail()}`);
    const answer = await fetch(`${endpoint}/_sealkeeper/health`).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 25));
  }
  throw new Error(`sealkeeper serve did not become healthy:\n${logTail()}`);
}

function readCredentials(path: string): Product["credentials"] {
  const text = readFileSync(path, "utf8");
  const field = (name: string): string => new RegExp(`^${name}\\s*=\\s*(\\S+)`, "m").exec(text)?.[1] ?? "";
  return { accessKeyId: field("aws_access_key_id"), secretAccessKey: field("aws_secret_access_key") };
}

async function freePort(): Promise<number> {
  const probe = createServer().listen(0, "127.0.0.1");
  await once(probe, "listening");
  const { port } = probe.address() as AddressInfo;
  probe.close();
  await once(probe, "close");
  return port;
}

const KEPT = 200;
