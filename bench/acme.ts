import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { Agent, request } from "node:https";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { CreateHostedZoneCommand } from "@aws-sdk/client-route-53";
import { openClients } from "#cli/acme/clients.ts";
import { readAcmeOptions } from "#cli/acme/options.ts";
import { seeDomain, setUpDomain, setUpEndpoint } from "#cli/acme/set-up.ts";
import { eventually } from "#cli/acme/wait.ts";
import { freePort } from "#cli/demo/product.ts";
import {
  type AcmeClient,
  acmeClient,
  type Credentials,
  must,
  newKey,
  type Transport,
} from "../tests/support/acme-client.ts";
import { debian } from "../tests/support/debian.ts";
import { selfSigned } from "../tests/support/self-signed.ts";
import { benchProduct, REGION } from "./product.ts";
import { median, type Result } from "./result.ts";
import { cpuMicros } from "./wrk.ts";

/**
 * Complete ACME orders (order, finalize, download; the name is authorized) for each second of the server's processor
 * time, of our server on its durable database and of Debian's pebble, which keeps everything in memory. The client is
 * the same, the rounds alternate.
 */
export async function acme(): Promise<readonly Result[]> {
  await using ours = await ourServer();
  await using theirs = await pebble();
  const results: { ours: number; theirs: number }[] = [];
  for (let round = 0; round < ROUNDS; round += 1) {
    results.push({ ours: await ordersPerSecond(ours), theirs: await ordersPerSecond(theirs) });
  }
  return [
    {
      what: `complete ACME orders of one name, ${CLIENTS} clients over HTTPS`,
      ours: median(results.map(({ ours: rate }) => rate)),
      unit: "/CPU-s",
      more: true,
      against: { name: "pebble", value: median(results.map(({ theirs: rate }) => rate)) },
    },
  ];
}

interface AcmeServer extends AsyncDisposable {
  readonly pid: number;
  readonly clients: readonly AcmeClient[];
}

async function ordersPerSecond({ pid, clients }: AcmeServer): Promise<number> {
  const before = cpuMicros(pid);
  let orders = 0;
  const end = performance.now() + ROUND_MS;
  await Promise.all(
    clients.map(async (client, index) => {
      const certificateKey = newKey();
      while (performance.now() < end) {
        await client.obtain([nameOf(index)], { certificateKey });
        orders += 1;
      }
    }),
  );
  return (orders / (cpuMicros(pid) - before)) * 1e6;
}

async function ourServer(): Promise<AcmeServer> {
  const product = await benchProduct({ edge: "false", "key-pool": "0" });
  const { accessKeyId: AWS_ACCESS_KEY_ID, secretAccessKey: AWS_SECRET_ACCESS_KEY } = product.credentials;
  const environment = { AWS_ACCESS_KEY_ID, AWS_SECRET_ACCESS_KEY };
  await product.route53.send(new CreateHostedZoneCommand({ Name: DOMAIN, CallerReference: "bench" }));
  const where = ["--endpoint-url", product.endpoint, "--region", REGION];
  const options = readAcmeOptions([DOMAIN, ...where], environment);
  using aws = await openClients(options, environment);
  const endpoint = await setUpEndpoint(options, aws, () => {});
  const { arn } = await setUpDomain(endpoint.arn, DOMAIN, options, aws, () => {});
  await eventually("the domain to be proven", 10_000, async () =>
    (await seeDomain(arn, aws)).status === "VALID" ? true : undefined,
  );
  const clients = await registered(endpoint.directoryUrl, endpoint);
  return { pid: product.process.pid ?? 0, clients, [Symbol.asyncDispose]: () => product[Symbol.asyncDispose]() };
}

async function pebble(): Promise<AcmeServer> {
  debian("pebble");
  const folder = mkdtempSync(join(tmpdir(), "sealkeeper-bench-pebble-"));
  const [port, management] = await Promise.all([freePort(), freePort()]);
  const { certificate, privateKey } = await selfSigned({ names: ["localhost"], notAfter: new Date("2040-01-01") });
  const file = (name: string, content: string): string => {
    writeFileSync(join(folder, name), content);
    return join(folder, name);
  };
  const configuration = {
    listenAddress: `127.0.0.1:${port}`,
    managementListenAddress: `127.0.0.1:${management}`,
    certificate: file("https.pem", certificate),
    privateKey: file("https-key.pem", privateKey),
    httpPort: 5002,
    tlsPort: 5001,
    ocspResponderURL: "",
    externalAccountBindingRequired: false,
  };
  const environment = {
    PEBBLE_VA_NOSLEEP: "1",
    PEBBLE_VA_ALWAYS_VALID: "1",
    PEBBLE_WFE_NONCEREJECT: "0",
    PEBBLE_AUTHZREUSE: "100",
  };
  const child: ChildProcess = spawn(
    "pebble",
    ["-config", file("config.json", JSON.stringify({ pebble: configuration }))],
    {
      env: { ...process.env, ...environment },
      stdio: "ignore",
    },
  );
  const directory = `https://localhost:${port}/dir`;
  await eventually("pebble to answer", 10_000, () =>
    transport({ method: "GET", url: directory }).catch(() => undefined),
  );
  const clients = await registered(directory, undefined);
  for (const [index, client] of clients.entries()) await authorize(client, nameOf(index));
  return {
    pid: child.pid ?? 0,
    clients,
    async [Symbol.asyncDispose]() {
      child.kill("SIGKILL");
      await once(child, "exit");
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function registered(directory: string, credentials: Credentials | undefined): Promise<readonly AcmeClient[]> {
  return await Promise.all(
    Array.from({ length: CLIENTS }, async () => {
      const client = await acmeClient(directory, transport);
      must(await client.register(credentials), 201);
      return client;
    }),
  );
}

/** What pebble wants once for each account and name: afterwards its authorizations are used again. */
async function authorize(client: AcmeClient, name: string): Promise<void> {
  const order = must(await client.newOrder([name]), 201);
  const [url = ""] = order.json.authorizations as readonly string[];
  const authorization = must(await client.post(url), 200);
  must(await client.post(authorization.json.challenges[0].url, {}), 200);
  await eventually("pebble to believe", 10_000, async () =>
    (await client.post(url)).json.status === "valid" ? true : undefined,
  );
}

const agent = new Agent({ keepAlive: true, rejectUnauthorized: false });

/** node:https sends no User-Agent by itself, and pebble answers 400 to who has none (RFC 8555 section 6.1). */
const transport: Transport = async ({ method, url, contentType, body = "" }) => {
  const { promise, resolve, reject } = Promise.withResolvers<Awaited<ReturnType<Transport>>>();
  const headers = { "user-agent": "bench", ...(contentType && { "content-type": contentType }) };
  const asked = request(url, { method, agent, headers }, (answer) => {
    let text = "";
    answer.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
    });
    answer.on("end", () => {
      const { link = "", ...given } = answer.headers as Readonly<Record<string, string>>;
      resolve({ status: answer.statusCode ?? 0, headers: given, links: [link].flat(), body: text });
    });
  });
  asked.on("error", reject);
  asked.end(body);
  return await promise;
};

const nameOf = (index: number): string => `c${index}.${DOMAIN}`;
const DOMAIN = "bench.example";
const CLIENTS = 8;
const ROUNDS = 5;
const ROUND_MS = 4_000;
