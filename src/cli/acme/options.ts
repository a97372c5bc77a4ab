import { parseArgs } from "node:util";
import { parseDomainName } from "#domain/names.ts";
import { type Millis, parseDuration } from "#lib/duration.ts";
import { showHostPort } from "#main/addresses.ts";
import { readConfig } from "#main/config.ts";
import { ConfigError } from "#main/config-error.ts";
import { KEY_TYPES, type KeyType } from "./key-types.ts";

/** What `sealkeeper acme` was asked for. */
export interface AcmeOptions {
  /** Lower case, at least one. */
  readonly domains: readonly string[];
  readonly scope: Scope;
  /** By which name the endpoint is found again: its tag. */
  readonly name: string;
  /** The zone in which the records are written; undefined: ours that holds the domain, if there is one. */
  readonly hostedZoneId: string | undefined;
  readonly email: string | undefined;
  readonly keyTypes: readonly KeyType[] | undefined;
  readonly role: string;
  readonly region: string;
  readonly endpointUrl: string;
  /** Where the credentials are, when the environment has none. */
  readonly dataDir: string;
  readonly wait: Millis;
  readonly json: boolean;
}

export interface Scope {
  readonly exact: boolean;
  readonly subdomains: boolean;
  readonly wildcards: boolean;
}

/** Reads the command line. Throws ConfigError with what would be right. */
export function readAcmeOptions(
  args: readonly string[],
  environment: Readonly<Record<string, string | undefined>>,
): AcmeOptions {
  const { values, positionals } = parse(args);
  const config = readConfig({
    flags: { "data-dir": values["data-dir"] },
    environment,
  });
  if (positionals.length === 0) throw new ConfigError("say for which domain: sealkeeper acme example.com");
  return {
    domains: [...new Set(positionals.map(readDomain))],
    scope: readScope(values.scope ?? SCOPES.join(",")),
    name: readName(values.name ?? "default"),
    hostedZoneId: values.zone,
    email: values.email,
    keyTypes: values.keys === undefined ? undefined : readKeyTypes(values.keys),
    role: values.role ?? "acme",
    region: values.region ?? environment["AWS_REGION"] ?? environment["AWS_DEFAULT_REGION"] ?? "eu-west-1",
    endpointUrl: values["endpoint-url"] ?? environment["AWS_ENDPOINT_URL"] ?? `http://${showHostPort(config.listen)}`,
    dataDir: config["data-dir"],
    wait:
      values.wait === undefined
        ? WAIT
        : (parseDuration(values.wait) ?? wrong("--wait", values.wait, "for example 10m or 0s")),
    json: values.json ?? false,
  };
}

function parse(args: readonly string[]): ReturnType<typeof parseArgs<typeof ARGUMENTS>> {
  try {
    return parseArgs({ ...ARGUMENTS, args: [...args] });
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

function readDomain(text: string): string {
  if (text.startsWith("*.")) {
    throw new ConfigError(`"${text}": name the domain without "*."; --scope says whether wildcards are covered`);
  }
  return parseDomainName(text) ?? wrong("the domain", text, "for example example.com");
}

function readScope(text: string): Scope {
  const parts = text.split(",").map((part) => part.trim());
  const foreign = parts.find((part) => !SCOPES.includes(part));
  if (foreign !== undefined) wrong("--scope", foreign, `one or more of ${SCOPES.join(", ")}`);
  const [exact, subdomains, wildcards] = SCOPES.map((scope) => parts.includes(scope));
  return { exact: exact ?? false, subdomains: subdomains ?? false, wildcards: wildcards ?? false };
}

function readName(text: string): string {
  return /^[\w.-]{1,64}$/.test(text) ? text : wrong("--name", text, "letters, digits, dots, hyphens, underscores");
}

function readKeyTypes(text: string): readonly KeyType[] {
  const asked = text.split(",").map((part) => part.trim());
  return asked.map((part) => KEY_TYPES.find((type) => type === part) ?? wrong("--keys", part, KEY_TYPES.join(", ")));
}

function wrong(what: string, given: string, right: string): never {
  throw new ConfigError(`${what} cannot be "${given}": ${right}`);
}

const SCOPES: readonly string[] = ["exact", "subdomains", "wildcards"];
const WAIT: Millis = 600_000;
const ARGUMENTS = {
  allowPositionals: true,
  options: {
    scope: { type: "string" },
    name: { type: "string" },
    zone: { type: "string" },
    email: { type: "string" },
    keys: { type: "string" },
    role: { type: "string" },
    region: { type: "string" },
    "endpoint-url": { type: "string" },
    "data-dir": { type: "string" },
    wait: { type: "string" },
    json: { type: "boolean" },
  },
} as const;
