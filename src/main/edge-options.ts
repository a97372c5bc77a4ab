import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { AccessKey } from "#lib/sigv4-signer.ts";
import { ConfigError } from "./config-error.ts";

/** What the processes of an edge are told on their command line: no secret stands there. */
export interface EdgeOptions {
  /** Absolute. */
  readonly dataDir: string;
  readonly endpoints: readonly [URL, ...URL[]];
  readonly name: string;
  readonly logLevel: string;
  /** How many processes serve; `inline`: this one, and no other. */
  readonly workers: number | "inline";
  readonly keyLease: Millis | undefined;
  /** It is on a machine of its own: it proves itself in TLS, and listens on its own addresses or nowhere. */
  readonly remote: boolean;
  /** Nothing is served on a runtime that leaves keys in memory, or on which that cannot be seen. */
  readonly requireErasure: boolean;
  /** Sockets and what is served on them come from standard input. */
  readonly inherit: boolean;
}

/** Reads a command line. Throws ConfigError. */
export function readEdgeOptions(args: readonly string[]): EdgeOptions {
  const { values } = parseArgs({
    args: [...args],
    options: {
      "data-dir": { type: "string" },
      endpoint: { type: "string", multiple: true },
      name: { type: "string", default: "local" },
      "log-level": { type: "string", default: "info" },
      workers: { type: "string", default: "1" },
      "key-lease-seconds": { type: "string", default: "0" },
      remote: { type: "boolean", default: false },
      "require-erasure": { type: "boolean", default: false },
      inherit: { type: "boolean", default: false },
    },
  });
  const [first, ...others] = (values.endpoint ?? []).map((text) => URL.parse(text));
  const isRight = (url: URL | null | undefined): url is URL => url !== null && /^https?:$/.test(url?.protocol ?? "");
  if (values["data-dir"] === undefined || !isRight(first) || !others.every(isRight)) {
    throw new ConfigError("an edge needs --data-dir DIR and --endpoint http(s)://HOST:PORT");
  }
  return {
    dataDir: values["data-dir"],
    endpoints: [first, ...others],
    name: values.name,
    logLevel: values["log-level"],
    workers: parseWorkers(values.workers) ?? wrong("--workers", "a number of at least 1, or inline"),
    keyLease: readLease(values["key-lease-seconds"]),
    remote: values.remote,
    requireErasure: values["require-erasure"],
    inherit: values.inherit,
  };
}

/** The command line that `readEdgeOptions` reads as these options. */
export function edgeArguments(options: Omit<EdgeOptions, "inherit">): string[] {
  const { dataDir, endpoints, name, logLevel, workers, keyLease, remote, requireErasure } = options;
  const flags: Readonly<Record<string, string>> = {
    "--data-dir": dataDir,
    "--name": name,
    "--log-level": logLevel,
    "--workers": String(workers),
    "--key-lease-seconds": String((keyLease ?? 0) / SECOND),
  };
  return [
    ...Object.entries(flags).flat(),
    ...endpoints.flatMap(({ origin }) => ["--endpoint", origin]),
    ...(remote ? ["--remote"] : []),
    ...(requireErasure ? ["--require-erasure"] : []),
  ];
}

/** What of these options makes an edge another one, beside its name, its endpoint and its access key. */
export function edgeSettingsText(options: Omit<EdgeOptions, "inherit">): string {
  const { endpoints, workers, keyLease, remote, requireErasure } = options;
  const others = endpoints.slice(1).map(({ origin }) => origin);
  return [
    workers,
    keyLease ?? "-",
    remote ? "remote" : "local",
    ...(requireErasure ? ["erasing"] : []),
    ...others,
  ].join(" ");
}

/** How many workers a text says: at least 1, or `inline`; undefined for anything else. */
export function parseWorkers(text: string): number | "inline" | undefined {
  if (text === "inline") return text;
  return /^[1-9]\d{0,2}$/.test(text) ? Number(text) : undefined;
}

/**
 * A lease in seconds; 0 is none. Undefined for anything else, and for one so short that it would end between two
 * heartbeats of a control plane that is well.
 */
export function parseLease(text: string): number | undefined {
  const seconds = /^\d{1,9}$/.test(text) ? Number(text) : Number.NaN;
  return seconds === 0 || seconds >= SHORTEST_LEASE ? seconds : undefined;
}

/** The access key in a file of the AWS credentials form. */
export function readAccessKey(path: string): AccessKey {
  const text = readFileSync(path, "utf8");
  const value = (name: string): string | undefined =>
    new RegExp(`^\\s*${name}\\s*=\\s*(\\S+)\\s*$`, "m").exec(text)?.[1];
  const accessKeyId = value("aws_access_key_id");
  const secretAccessKey = value("aws_secret_access_key");
  if (accessKeyId === undefined || secretAccessKey === undefined)
    throw new ConfigError(`there is no access key in ${path}`);
  return { accessKeyId, secretAccessKey };
}

function readLease(text: string): Millis | undefined {
  const seconds = parseLease(text) ?? wrong("--key-lease-seconds", `0, or at least ${SHORTEST_LEASE}`);
  return seconds === 0 ? undefined : seconds * SECOND;
}

function wrong(flag: string, right: string): never {
  throw new ConfigError(`${flag} must be ${right}`);
}

/** The control plane says something every ten seconds; a connection that says nothing for thirty is given up. */
const SHORTEST_LEASE = 30;
