import { execFileSync, spawn } from "node:child_process";
import { once } from "node:events";
import { copyFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { freePort } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";
import { openPort } from "#cli/demo/wire.ts";

/** A server that is measured: its processes, and where it ends TLS. */
export interface Engine extends AsyncDisposable {
  readonly name: string;
  readonly pid: number;
  /** Ends TLS with a P-256 certificate and speaks HTTP. */
  readonly https: Place;
  /** The same with an RSA certificate of 2048 bits. */
  readonly rsa: Place;
  /** Ends TLS and passes bytes on; undefined where the engine cannot. */
  readonly tls: Place | undefined;
}

export interface Place {
  readonly host: string;
  readonly port: number;
}

export interface Files {
  readonly directory: string;
  /** Certificate and key in one file, as HAProxy wants them, and apart. */
  readonly ec: { readonly pem: string; readonly certificate: string; readonly key: string };
  readonly rsa: { readonly pem: string; readonly certificate: string; readonly key: string };
}

/** The applications behind all engines: nginx, which answers as many bytes as the path says. */
export async function startBackend({ directory }: Files): Promise<Place & AsyncDisposable> {
  const port = await freePort();
  const sizes = { small: 128, ten: 10_240, million: 1_048_576 };
  const root = join(directory, "www");
  execFileSync("mkdir", ["-p", root]);
  for (const [name, size] of Object.entries(sizes)) writeFileSync(join(root, name), "x".repeat(size));
  const server = `server { listen 127.0.0.1:${port} backlog=4096; root ${root}; default_type text/plain;
    open_file_cache max=100; sendfile on; tcp_nopush off; location = / { return 200 "${"x".repeat(128)}"; } }`;
  const process = await nginx(directory, "backend", { http: server, core: CLIENT_CORE, port });
  return { host: "127.0.0.1", port, [Symbol.asyncDispose]: process.stop };
}

export async function startNginx(files: Files, backend: Place): Promise<Engine> {
  const [https, rsa, tls] = [await freePort(), await freePort(), await freePort()];
  const { directory } = files;
  const certificate = ({ certificate: crt, key }: Files["ec"]): string =>
    `ssl_certificate ${crt}; ssl_certificate_key ${key}; ssl_protocols TLSv1.3; ssl_session_tickets on;`;
  const proxy = `location / { proxy_pass http://backend; proxy_http_version 1.1; proxy_set_header Connection "";
    proxy_set_header X-Forwarded-For $proxy_add_x_forwarded_for; proxy_set_header X-Forwarded-Proto https; proxy_buffers 16 64k; }`;
  const http = `upstream backend { server ${at(backend)}; keepalive 256; keepalive_requests 10000000; }
    server { listen 127.0.0.1:${https} ssl http2 backlog=4096; ${certificate(files.ec)} ${proxy} }
    server { listen 127.0.0.1:${rsa} ssl http2 backlog=4096; ${certificate(files.rsa)} ${proxy} }`;
  const stream = `server { listen 127.0.0.1:${tls} ssl backlog=4096; ${certificate(files.ec)} proxy_pass ${at(backend)}; }`;
  const process = await nginx(directory, "peer", { http, stream, core: ENGINE_CORE, port: https });
  const place = (port: number): Place => ({ host: "127.0.0.1", port });
  return {
    name: "nginx",
    pid: process.pid,
    https: place(https),
    rsa: place(rsa),
    tls: place(tls),
    [Symbol.asyncDispose]: process.stop,
  };
}

export async function startHaproxy({ directory, ec, rsa }: Files, backend: Place): Promise<Engine> {
  const [https, ofRsa, tls] = [await freePort(), await freePort(), await freePort()];
  const file = join(directory, "haproxy.cfg");
  const bind = (port: number, pem: string, alpn = "alpn h2,http/1.1"): string =>
    `  bind 127.0.0.1:${port} backlog 4096 ssl crt ${pem} ssl-min-ver TLSv1.3 ${alpn}`;
  writeFileSync(
    file,
    `global
  nbthread 1
  maxconn 9900
  tune.ssl.cachesize 0
defaults
  timeout connect 10s
  timeout client 350s
  timeout server 350s
  maxconn 9900
frontend web
  mode http
  option forwardfor
  http-request set-header X-Forwarded-Proto https
${bind(https, ec.pem)}
${bind(ofRsa, rsa.pem)}
  default_backend applications
backend applications
  mode http
  http-reuse always
  server one ${at(backend)}
frontend bytes
  mode tcp
${bind(tls, ec.pem, "")}
  default_backend raw
backend raw
  mode tcp
  server one ${at(backend)}
`,
  );
  const process = await run(["haproxy", "-f", file, "-db"], https, ENGINE_CORE);
  const place = (port: number): Place => ({ host: "127.0.0.1", port });
  return {
    name: "HAProxy",
    pid: process.pid,
    https: place(https),
    rsa: place(ofRsa),
    tls: place(tls),
    [Symbol.asyncDispose]: process.stop,
  };
}

export async function startCaddy({ directory, ec, rsa }: Files, backend: Place): Promise<Engine> {
  const [https, ofRsa] = [await freePort(), await freePort()];
  const file = join(directory, "Caddyfile");
  const site = (port: number, { certificate, key }: Files["ec"]): string => `https://:${port} {
  bind 127.0.0.1
  tls ${certificate} ${key} {
    protocols tls1.3
  }
  reverse_proxy ${at(backend)} {
    transport http {
      keepalive_idle_conns_per_host 256
    }
  }
}
`;
  writeFileSync(
    file,
    `{\n  admin off\n  auto_https off\n  storage file_system ${directory}/caddy\n}\n${site(https, ec)}${site(ofRsa, rsa)}`,
  );
  const process = await run(["caddy", "run", "--config", file, "--adapter", "caddyfile"], https, ENGINE_CORE, {
    GOMAXPROCS: "1",
  });
  const place = (port: number): Place => ({ host: "127.0.0.1", port });
  return {
    name: "Caddy",
    pid: process.pid,
    https: place(https),
    rsa: place(ofRsa),
    tls: undefined,
    [Symbol.asyncDispose]: process.stop,
  };
}

/** Two certificates for bench.example, P-256 and RSA. */
export function makeCertificates(directory: string): Files {
  const make = (name: string, key: readonly string[]): Files["ec"] => {
    const files = { certificate: join(directory, `${name}.crt`), key: join(directory, `${name}.key`) };
    const names = ["-subj", "/CN=bench.example", "-addext", "subjectAltName=DNS:bench.example"];
    const out = ["-nodes", "-keyout", files.key, "-out", files.certificate];
    execFileSync("openssl", ["req", "-x509", "-days", "30", ...key, ...names, ...out], { stdio: "ignore" });
    const pem = join(directory, `${name}.pem`);
    copyFileSync(files.certificate, pem);
    execFileSync("sh", ["-c", `cat ${files.key} >> ${pem}`]);
    return { ...files, pem };
  };
  return {
    directory,
    ec: make("ec", ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1"]),
    rsa: make("rsa", ["-newkey", "rsa:2048"]),
  };
}

/** Moves a process with everything that it started to the core of the engines. */
export function pin(pid: number, core: number = ENGINE_CORE): void {
  execFileSync("taskset", ["-a", "-p", "-c", String(core), String(pid)], { stdio: "ignore" });
}

/** One core serves, the other one asks and answers. */
export const ENGINE_CORE = 1;
export const CLIENT_CORE = 0;

async function nginx(
  directory: string,
  name: string,
  { http, stream, core, port }: { http: string; stream?: string; core: number; port: number },
): Promise<Running> {
  const file = join(directory, `${name}.conf`);
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
    .map((kind) => `${kind}_temp_path ${directory}/${name}-${kind};`)
    .join(" ");
  const module = stream === undefined ? "" : "load_module /usr/lib/nginx/modules/ngx_stream_module.so;";
  writeFileSync(
    file,
    `user root; ${module} worker_processes 1; worker_rlimit_nofile 60000; daemon off; error_log ${directory}/${name}.log; pid ${directory}/${name}.pid;
events { worker_connections 40000; }
http { access_log off; ${temporary} keepalive_requests 10000000; keepalive_timeout 350s; ${http} }
${stream === undefined ? "" : `stream { ${stream} }`}\n`,
  );
  return await run(["nginx", "-c", file, "-p", directory], port, core);
}

interface Running {
  readonly pid: number;
  readonly stop: () => Promise<void>;
}

async function run(
  command: readonly string[],
  port: number,
  core: number,
  environment: Readonly<Record<string, string>> = {},
): Promise<Running> {
  const child = spawn("taskset", ["-c", String(core), ...command], {
    stdio: "ignore",
    env: { ...process.env, ...environment },
  });
  await until(`${command[0]} listens`, () => openPort("127.0.0.1", [port]).catch(() => undefined));
  return {
    pid: child.pid ?? 0,
    async stop() {
      child.kill("SIGTERM");
      if (child.exitCode === null) await once(child, "exit");
    },
  };
}

function at({ host, port }: Place): string {
  return `${host}:${port}`;
}
