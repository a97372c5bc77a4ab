import { readFileSync } from "node:fs";
import { rootCertificates } from "node:tls";
import { WEBHOOK } from "#events/deliver.ts";
import type { Webhook } from "#events/webhook.ts";
import type { Millis } from "#lib/duration.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";

/** Who has the events of this node, and how long they are kept. */
export interface EventSettings {
  readonly webhooks: ReadonlyMap<string, Webhook>;
  readonly trusted: readonly string[] | undefined;
  readonly writeEvent: ((line: string) => Promise<void>) | undefined;
  readonly retention: Millis;
}

type EventConfig = Pick<
  Config,
  "events" | "event-webhook" | "event-webhook-secret-file" | "event-ca" | "events-retention"
>;

/** Throws ConfigError for files that cannot be used, and for webhooks without a secret. */
export function configuredEvents(config: EventConfig): EventSettings {
  const file = config["event-webhook-secret-file"];
  const urls = config["event-webhook"];
  if (urls.length > 0 && file === "") {
    throw new ConfigError("event-webhook needs event-webhook-secret-file: what events are signed with");
  }
  const trusted = config["event-ca"] === "" ? undefined : [...rootCertificates, readRoots(config["event-ca"])];
  const secrets = urls.length > 0 ? readSecrets(file) : [];
  return {
    webhooks: new Map(urls.map((href) => [`${WEBHOOK}${href}`, { url: new URL(href), secrets, trusted }])),
    trusted,
    writeEvent: config.events === "stdout" ? writeToStdout() : undefined,
    retention: config["events-retention"],
  };
}

/** Resolves when the line is written; whoever reads may go away, and come back with a new process. */
function writeToStdout(): (line: string) => Promise<void> {
  process.stdout.on("error", () => {}); // told by the write that it befell
  return async (line) => {
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    process.stdout.write(line, (error) => (error ? reject(error) : resolve()));
    await promise;
  };
}

/** A secret a line, so that receivers can be changed one by one from one to the next. */
function readSecrets(path: string): readonly PlaintextKey[] {
  const content = readSetting("event-webhook-secret-file", path);
  try {
    const secrets: PlaintextKey[] = [];
    for (let from = 0; from < content.length; ) {
      const end = content.indexOf(NEWLINE, from);
      const line = content.subarray(from, end < 0 ? content.length : end);
      const length = line.at(-1) === CARRIAGE_RETURN ? line.length - 1 : line.length;
      if (length > 0) secrets.push(new PlaintextKey(Buffer.from(line.subarray(0, length))));
      from += line.length + 1;
    }
    if (secrets.length === 0 || secrets.some(({ bytes }) => bytes.length < SHORTEST)) {
      throw new ConfigError(
        `event-webhook-secret-file: each line of ${path} must have at least ${SHORTEST} characters`,
      );
    }
    return secrets;
  } finally {
    content.fill(0);
  }
}

function readRoots(path: string): string {
  const pem = readSetting("event-ca", path).toString();
  if (!pem.includes("-----BEGIN CERTIFICATE-----")) throw new ConfigError(`event-ca: ${path} holds no PEM certificate`);
  return pem;
}

function readSetting(name: "event-webhook-secret-file" | "event-ca", path: string): Buffer {
  try {
    return readFileSync(path);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${name}: ${path} cannot be read (${why})`);
  }
}

const SHORTEST = 16;
const NEWLINE = 0x0a;
const CARRIAGE_RETURN = 0x0d;
