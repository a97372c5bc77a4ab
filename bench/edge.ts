import { execFileSync, spawn } from "node:child_process";
import { Resolver } from "node:dns/promises";
import { once } from "node:events";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ImportCertificateCommand } from "@aws-sdk/client-acm";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { freePort } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { openPort } from "#cli/demo/wire.ts";
import { showHostPort } from "#main/addresses.ts";
import { debian } from "../tests/support/debian.ts";
import { edgePid } from "../tests/support/edge-process.ts";
import { type BenchProduct, benchProduct } from "./product.ts";
import { median, type Result } from "./result.ts";
import { cpuPerRequest, type Load, type Measured } from "./wrk.ts";

/** Our edge beside Debian's nginx: same certificate, same backend, TLS 1.3 with the same cipher, one worker each. */
export async function edge(): Promise<readonly Result[]> {
  debian("nginx-light", "wrk");
  const directory = mkdtempSync(join(tmpdir(), "sealkeeper-nginx-"));
  try {
    certificate(directory);
    await using backend = await nginx(directory, "backend", backendConfig);
    await using peer = await nginx(directory, "peer", (port) => peerConfig(port, backend.port, directory));
    await using product = await benchProduct();
    const ours = await ourEdge(product, backend.port, directory);
    return [
      ...(await compare("requests, 128 bytes, 64 kept connections", ours, peer, { connections: 64 })),
      ...(await compare("full handshakes, P-256, a connection each", ours, peer, {
        connections: 16,
        headers: { Connection: "close" },
      })),
    ];
  } finally {
    rmSync(directory, { recursive: true, force: true });
  }
}

interface Server {
  readonly pid: number;
  readonly url: string;
}

async function compare(
  what: string,
  ours: Server,
  peer: Server,
  load: Omit<Load, "url" | "seconds">,
): Promise<Result[]> {
  const rounds: { ours: Measured & { micros: number }; peer: Measured & { micros: number } }[] = [];
  for (let round = 0; round < 4; round++) {
    const mine = await cpuPerRequest(ours.pid, { ...load, url: ours.url, seconds: 2 });
    const theirs = await cpuPerRequest(peer.pid, { ...load, url: peer.url, seconds: 2 });
    if (mine.failed > 0) throw new Error(`${mine.failed} of ${mine.requests} requests failed`);
    if (round > 0) rounds.push({ ours: mine, peer: theirs });
  }
  const of = (pick: (measured: Measured & { micros: number }) => number) => ({
    ours: median(rounds.map((round) => pick(round.ours))),
    against: { name: "nginx", value: median(rounds.map((round) => pick(round.peer))) },
  });
  return [
    { what: `${what}: rate`, unit: "/s", more: true, ...of(({ perSecond }) => perSecond) },
    { what: `${what}: processor`, unit: "us each", more: false, ...of(({ micros }) => micros) },
  ];
}

async function ourEdge(product: BenchProduct, backendPort: number, directory: string): Promise<Server> {
  const { acm, elbv2 } = product;
  const { CertificateArn } = await acm.send(
    new ImportCertificateCommand({
      Certificate: readFileSync(join(directory, "cert.pem")),
      PrivateKey: readFileSync(join(directory, "key.pem")),
    }),
  );
  const balancer = (
    await elbv2.send(new CreateLoadBalancerCommand({ Name: "bench", Subnets: ["subnet-0a1b2c3d", "subnet-4e5f6a7b"] }))
  ).LoadBalancers?.[0];
  const group = await elbv2.send(
    new CreateTargetGroupCommand({
      Name: "bench",
      Protocol: "HTTP",
      Port: backendPort,
      TargetType: "ip",
      VpcId: "vpc-0a1b2c3d",
    }),
  );
  const TargetGroupArn = group.TargetGroups?.[0]?.TargetGroupArn;
  await elbv2.send(new RegisterTargetsCommand({ TargetGroupArn, Targets: [{ Id: "127.0.0.1", Port: backendPort }] }));
  await elbv2.send(
    new CreateListenerCommand({
      LoadBalancerArn: balancer?.LoadBalancerArn,
      Protocol: "HTTPS",
      Port: 443,
      SslPolicy: "ELBSecurityPolicy-TLS13-1-3-2021-06",
      Certificates: [{ CertificateArn }],
      DefaultActions: [{ Type: "forward", TargetGroupArn }],
    }),
  );
  const resolver = new Resolver();
  resolver.setServers([showHostPort(product.dns)]);
  const [address = ""] = await resolver.resolve4(balancer?.DNSName ?? "");
  const port = await until("the listener", () => openPort(address, [443, 8443]).catch(() => undefined));
  return { pid: (await edgePid(product)) ?? 0, url: `https://${address}:${port}/` };
}

function certificate(directory: string): void {
  const names = ["-subj", "/CN=bench.example", "-addext", "subjectAltName=DNS:bench.example"];
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes"];
  const files = ["-keyout", join(directory, "key.pem"), "-out", join(directory, "cert.pem")];
  execFileSync("openssl", ["req", "-x509", "-days", "30", ...key, ...names, ...files], { stdio: "ignore" });
}

async function nginx(
  directory: string,
  name: string,
  config: (port: number) => string,
): Promise<Server & AsyncDisposable & { readonly port: number }> {
  const port = await freePort();
  const file = join(directory, `${name}.conf`);
  const log = `error_log ${directory}/${name}.log; pid ${directory}/${name}.pid;`;
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${directory}/${name}-${kind};`)
    .join(" ");
  writeFileSync(
    file,
    `worker_processes 1; daemon off; ${log}\nevents { worker_connections 4096; }\nhttp { access_log off; ${temporary} keepalive_requests 1000000; ${config(port)} }\n`,
  );
  const child = spawn("nginx", ["-c", file, "-p", directory], { stdio: "ignore" });
  await until(`nginx (${name}) listens`, () => openPort("127.0.0.1", [port]).catch(() => undefined));
  return {
    pid: child.pid ?? 0,
    port,
    url: `https://127.0.0.1:${port}/`,
    async [Symbol.asyncDispose]() {
      child.kill("SIGTERM");
      await once(child, "exit");
    },
  };
}

const backendConfig = (port: number): string =>
  `server { listen 127.0.0.1:${port}; location / { default_type text/plain; return 200 "${"x".repeat(128)}"; } }`;

const peerConfig = (port: number, backend: number, directory: string): string => `
  upstream backend { server 127.0.0.1:${backend}; keepalive 64; }
  server {
    listen 127.0.0.1:${port} ssl;
    ssl_certificate ${directory}/cert.pem; ssl_certificate_key ${directory}/key.pem;
    ssl_protocols TLSv1.3; ssl_session_tickets on;
    location / {
      proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";
      proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto https;
    }
  }`;
