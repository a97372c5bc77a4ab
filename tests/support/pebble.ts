import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { freePort } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { type HostPort, showHostPort } from "#main/addresses.ts";
import { debian } from "./debian.ts";
import { selfSigned } from "./self-signed.ts";

/** Let's Encrypt's test CA, as Debian has it. */
export interface Pebble {
  readonly directory: string;
  /** A PEM file with whom to trust for its HTTPS. */
  readonly caFile: string;
  readonly port: number;
  /** Where it looks for answers by HTTP. */
  readonly httpPort: number;
  /** What its management interface answers. */
  manage(path: string): Promise<string>;
  /** What it wrote. */
  log(): string;
  /** Ends it; started again it has forgotten everything, at the same place. */
  stop(): Promise<void>;
  start(): Promise<void>;
}

export interface PebbleOptions {
  /** Who answers its questions. */
  readonly dns: HostPort;
  /** Of a hundred good nonces, so many are refused. */
  readonly nonceReject?: number;
  readonly alternateRoots?: number;
  /** Key ids and base64url keys of customers; then it takes nobody else. */
  readonly customers?: Readonly<Record<string, string>>;
  /** Seconds. */
  readonly validity?: number;
  readonly blocked?: readonly string[];
  readonly httpPort?: number;
  /** Of a hundred authorizations, so many are used again. */
  readonly authorizationReuse?: number;
  readonly environment?: Readonly<Record<string, string>>;
}

/** Runs until the test ends. */
export async function startPebble(options: PebbleOptions): Promise<Pebble> {
  debian("pebble");
  const folder = mkdtempSync(join(tmpdir(), "sealkeeper-pebble-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  const [port, managementPort, httpPort, tlsPort] = await Promise.all([
    freePort(),
    freePort(),
    options.httpPort ?? freePort(),
    freePort(),
  ]);
  const { certificate, privateKey } = await selfSigned({ names: ["localhost"], notAfter: new Date("2040-01-01") });
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const caFile = file("https.pem", certificate);
  const config = file(
    "config.json",
    JSON.stringify({
      pebble: {
        listenAddress: `127.0.0.1:${port}`,
        managementListenAddress: `127.0.0.1:${managementPort}`,
        certificate: caFile,
        privateKey: file("https-key.pem", privateKey),
        httpPort,
        tlsPort,
        ocspResponderURL: "",
        externalAccountBindingRequired: options.customers !== undefined,
        externalAccountMACKeys: options.customers ?? {},
        certificateValidityPeriod: options.validity ?? 90 * 86_400,
        domainBlocklist: options.blocked ?? [],
      },
    }),
  );
  const environment = {
    ...process.env,
    PEBBLE_VA_NOSLEEP: "1",
    PEBBLE_WFE_NONCEREJECT: String(options.nonceReject ?? 5),
    PEBBLE_ALTERNATE_ROOTS: String(options.alternateRoots ?? 0),
    PEBBLE_AUTHZREUSE: String(options.authorizationReuse ?? 0),
    ...options.environment,
  };
  let child: ChildProcess | undefined;
  let log = "";
  const agent = new Agent({ rejectUnauthorized: false });
  const pebble: Pebble = {
    directory: `https://localhost:${port}/dir`,
    caFile,
    port,
    httpPort,
    manage: (path) => fetchText(`https://localhost:${managementPort}${path}`, agent),
    log: () => log,
    async start() {
      const started = spawn("pebble", ["-config", config, "-dnsserver", showHostPort(options.dns)], {
        env: environment,
      });
      child = started;
      for (const stream of [started.stdout, started.stderr]) {
        stream.setEncoding("utf8").on("data", (text: string) => {
          log += text;
        });
      }
      await until("pebble answers", () => fetchText(`https://localhost:${port}/dir`, agent).catch(() => undefined));
    },
    async stop() {
      if (!child || child.exitCode !== null || child.signalCode !== null) return;
      child.kill("SIGKILL");
      await once(child, "exit");
    },
  };
  onTestFinished(() => pebble.stop());
  await pebble.start();
  return pebble;
}

async function fetchText(url: string, agent: Agent): Promise<string> {
  const { promise, resolve, reject } = Promise.withResolvers<string>();
  request(url, { agent }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
    answer.on("end", () =>
      answer.statusCode === 200 ? resolve(text) : reject(new Error(`${url}: ${answer.statusCode}`)),
    );
  })
    .on("error", reject)
    .end();
  return await promise;
}
