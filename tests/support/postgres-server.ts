import { execFileSync, type SpawnOptions, spawn } from "node:child_process";
import { once } from "node:events";
import { chownSync, existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import type { TestProject } from "vitest/node";
import { freePort } from "#cli/demo/product.ts";
import { debian } from "./debian.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The URL of a running PostgreSQL, without a database name. */
    readonly postgres: string;
  }
}

/** Vitest's global set-up: Debian's PostgreSQL in a directory of its own, run by an unprivileged user. */
export default async function setup(project: TestProject): Promise<() => Promise<void>> {
  const server = await startPostgres();
  project.provide("postgres", server.url);
  return () => server.stop();
}

export interface PostgresServer {
  readonly url: string;
  /** Where all its files are. */
  readonly directory: string;
  stop(): Promise<void>;
}

/** Starts an empty PostgreSQL on a free port of 127.0.0.1. */
export async function startPostgres(): Promise<PostgresServer> {
  const bin = binaries();
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-postgres-"));
  const user = unprivileged();
  if (user.uid !== undefined) chownSync(directory, user.uid, user.gid ?? user.uid);
  const options: SpawnOptions = {
    ...user,
    cwd: directory,
    stdio: "ignore",
    env: { LC_ALL: "C", PATH: "/usr/bin:/bin" },
  };
  const data = join(directory, "data");
  execFileSync(join(bin, "initdb"), ["-D", data, "-U", "sealkeeper", "-A", "trust", "--no-sync"], options as object);
  const port = await freePort();
  // The server itself is never killed, so what it acknowledged need not be on the disk.
  const settings = ["fsync=off", "listen_addresses=127.0.0.1", `unix_socket_directories=${directory}`, `port=${port}`];
  const server = spawn(join(bin, "postgres"), ["-D", data, ...settings.flatMap((setting) => ["-c", setting])], options);
  const ended = once(server, "exit");
  const url = `postgres://sealkeeper@127.0.0.1:${port}`;
  await answers(`${url}/postgres`, () => server.exitCode);
  return {
    url,
    directory,
    async stop() {
      server.kill("SIGINT"); // fast shutdown: sessions are ended
      await ended;
      rmSync(directory, { recursive: true, force: true });
    },
  };
}

function binaries(): string {
  const root = "/usr/lib/postgresql";
  const found = (): string | undefined =>
    existsSync(root)
      ? readdirSync(root)
          .map((version) => join(root, version, "bin"))
          .find((bin) => existsSync(join(bin, "initdb")))
      : undefined;
  if (!found()) debian("postgresql");
  const bin = found();
  if (!bin) throw new Error(`no PostgreSQL server below ${root}`);
  return bin;
}

/** PostgreSQL refuses to run as root. */
function unprivileged(): { uid?: number; gid?: number } {
  if (process.getuid?.() !== 0) return {};
  const id = (flag: string): number => Number(execFileSync("id", [flag, "nobody"], { encoding: "utf8" }));
  return { uid: id("-u"), gid: id("-g") };
}

async function answers(url: string, exitCode: () => number | null): Promise<void> {
  for (let tries = 0; ; tries++) {
    const client = new pg.Client({ connectionString: url });
    try {
      await client.connect();
      await client.end();
      return;
    } catch (error) {
      if (exitCode() !== null || tries > 200) throw error;
      // Nothing announces that a foreign server is ready but its answer.
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
}
