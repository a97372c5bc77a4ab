import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { cpuMicros, wrk } from "../wrk.ts";
import { CLIENT_CORE, type Engine, type Place } from "./peers.ts";

/** What is asked of every engine. */
export interface Workload {
  readonly name: string;
  /** The least that we promise against each peer: theirs / ours, in processor time of the engine. */
  readonly promise: Readonly<Record<string, number>>;
  readonly run: (engine: Engine, seconds: number) => Promise<Counted> | undefined;
}

interface Counted {
  readonly operations: number;
  readonly failed: number;
}

/** The fourteen fields of a browser's request. */
export const BROWSER: Readonly<Record<string, string>> = {
  "user-agent": "Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0 Safari/537.36",
  accept: "text/html,application/xhtml+xml,application/xml;q=0.9,image/avif,image/webp,image/apng,*/*;q=0.8",
  "accept-language": "en-GB,en;q=0.9,de;q=0.8",
  "accept-encoding": "gzip, deflate, br, zstd",
  "cache-control": "no-cache",
  pragma: "no-cache",
  "sec-ch-ua": '"Chromium";v="142", "Google Chrome";v="142", "Not A Brand";v="99"',
  "sec-ch-ua-mobile": "?0",
  "sec-ch-ua-platform": '"Linux"',
  "sec-fetch-dest": "document",
  "sec-fetch-mode": "navigate",
  "sec-fetch-site": "same-origin",
  "sec-fetch-user": "?1",
  cookie: "session=0123456789abcdef0123456789abcdef; theme=dark; consent=yes",
};

const http1 =
  (path: string, connections: number) =>
  (engine: Engine, seconds: number): Promise<Counted> =>
    asked(engine.https, { path, connections, seconds, headers: BROWSER });

/** Each with one request. wrk resumes its sessions. */
const resumptions = (engine: Engine, seconds: number): Promise<Counted> =>
  asked(engine.https, { path: "/", connections: 16, seconds, headers: { Connection: "close" } });

/** Each with one request, from four clients that know nothing of a session before. */
const handshakes =
  (of: (engine: Engine) => Place) =>
  async (engine: Engine, seconds: number): Promise<Counted> => {
    const { host, port } = of(engine);
    const client = ["openssl", "s_time", "-new", "-tls1_3", "-www", "/", "-connect", `${host}:${port}`];
    const command = ["-c", String(CLIENT_CORE), ...client, "-time", String(seconds)];
    const counts = await Promise.all(
      Array.from({ length: 4 }, async () => {
        const { stdout } = await promisify(execFile)("taskset", command);
        return Number(/(\d+) connections in \d+ real seconds/.exec(stdout)?.[1] ?? 0);
      }),
    );
    return { operations: counts.reduce((sum, count) => sum + count), failed: 0 };
  };

const bytes =
  (path: string, connections: number) =>
  (engine: Engine, seconds: number): Promise<Counted> | undefined =>
    engine.tls && asked(engine.tls, { path, connections, seconds, headers: BROWSER });

/** In the order of the table. */
export const WORKLOADS: readonly Workload[] = [
  {
    name: "full TLS 1.3 handshake, P-256",
    promise: { HAProxy: 0.65 },
    run: handshakes(({ https }) => https),
  },
  {
    name: "full TLS 1.3 handshake, RSA-2048",
    promise: { HAProxy: 0.65, Caddy: 1.8 },
    run: handshakes(({ rsa }) => rsa),
  },
  { name: "resumed TLS 1.3 handshake", promise: {}, run: resumptions },
  { name: "HTTP/1.1, 64 connections, 128 B", promise: { HAProxy: 0.5, Caddy: 2 }, run: http1("/", 64) },
  { name: "HTTP/1.1, 64 connections, 10 kB", promise: { HAProxy: 0.6 }, run: http1("/ten", 64) },
  { name: "HTTP/1.1, 16 connections, 1 MB", promise: { HAProxy: 1 }, run: http1("/million", 16) },
  { name: "HTTP/2, 64 x 4 streams, 128 B", promise: { HAProxy: 0.65, Caddy: 4 }, run: h2load("/", 64, 4) },
  { name: "HTTP/2, 16 x 8 streams, 10 kB", promise: { HAProxy: 0.8 }, run: h2load("/ten", 16, 8) },
  { name: "HTTP/2, 16 x 4 streams, 1 MB", promise: { HAProxy: 1 }, run: h2load("/million", 16, 4) },
  { name: "NLB, TLS to TCP, 64 connections, 128 B", promise: { HAProxy: 0.75 }, run: bytes("/", 64) },
  { name: "NLB, TLS to TCP, 16 connections, 1 MB", promise: { HAProxy: 1 }, run: bytes("/million", 16) },
];

/** One round: the engine's processor time for each operation, in microseconds, and how many there were in a second. */
export interface Round {
  readonly micros: number;
  readonly perSecond: number;
}

/** Undefined where the engine cannot do it. Throws when a request failed: then a figure would mean nothing. */
export async function measure(workload: Workload, engine: Engine, seconds: number): Promise<Round | undefined> {
  const before = cpuMicros(engine.pid);
  const counted = await workload.run(engine, seconds);
  if (!counted) return undefined;
  const { operations, failed } = counted;
  if (failed > 0 || operations === 0) {
    throw new Error(`${engine.name}, ${workload.name}: ${failed} of ${operations} requests failed`);
  }
  return { micros: (cpuMicros(engine.pid) - before) / operations, perSecond: operations / seconds };
}

async function asked(
  { host, port }: Place,
  { path, ...load }: { path: string; connections: number; seconds: number; headers: Readonly<Record<string, string>> },
): Promise<Counted> {
  const { requests, failed } = await wrk({ url: `https://${host}:${port}${path}`, core: CLIENT_CORE, ...load });
  return { operations: requests, failed };
}

function h2load(path: string, connections: number, streams: number): Workload["run"] {
  return async ({ https: { host, port } }, seconds) => {
    const headers = Object.entries(BROWSER).flatMap(([name, value]) => ["-H", `${name}: ${value}`]);
    const load = ["-t1", `-c${connections}`, `-m${streams}`, "-D", String(seconds), "--warm-up-time=0"];
    const command = ["-c", String(CLIENT_CORE), "h2load", ...load, ...headers, `https://${host}:${port}${path}`];
    const { stdout } = await promisify(execFile)("taskset", command, { maxBuffer: 16 * 1024 * 1024 });
    const number = (pattern: RegExp): number => Number(pattern.exec(stdout)?.[1] ?? 0);
    return {
      operations: number(/status codes: (\d+) 2xx/),
      failed: number(/(\d+) 3xx/) + number(/(\d+) 4xx/) + number(/(\d+) 5xx/),
    };
  };
}
