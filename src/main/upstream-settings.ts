import { dirname, resolve } from "node:path";
import { findCa, KNOWN_CAS } from "#ca/upstream/known-cas.ts";
import { openUpstream, type Upstream } from "#ca/upstream/upstream.ts";
import type { UpstreamCa } from "#ca/upstream/upstream-ca.ts";
import type { Clock } from "#lib/clock.ts";
import { parsePem } from "#lib/pem.ts";
import { PlaintextKey } from "#lib/plaintext-key.ts";
import { flag, list, object, oneOf, optional, type Shape, text } from "#lib/shape.ts";
import { parseMailbox } from "#mail/mailbox.ts";
import type { Config } from "./config.ts";
import { ConfigError } from "./config-error.ts";
import { readSetting } from "./read-setting.ts";

export type UpstreamConfig = Pick<
  Config,
  "upstream" | "upstream-file" | "upstream-contacts" | "upstream-terms-agreed" | "acme-zone" | "zone"
>;

/**
 * The public CAs that sign what is requested from now on; undefined where none is configured. Throws ConfigError naming
 * the setting, and what would be right.
 */
export function configuredUpstream(config: UpstreamConfig, deps: { readonly clock: Clock }): Upstream | undefined {
  const cas = readUpstreamCas(config);
  return cas.length === 0 ? undefined : openUpstream(cas, config["acme-zone"] ?? `acme.${config.zone}`, deps);
}

/** The CAs in the order in which they are asked: those of the file, or the short list. */
export function readUpstreamCas(config: UpstreamConfig): readonly UpstreamCa[] {
  const file = config["upstream-file"];
  if (file === "") {
    return config.upstream.map((ca) => ({
      ...ca,
      ...PLAIN,
      contacts: config["upstream-contacts"].map(mailto),
      termsAgreed: config["upstream-terms-agreed"],
    }));
  }
  if (config.upstream.length > 0) throw new ConfigError("upstream and upstream-file cannot both be set");
  const cas = parseFile(readSetting("upstream-file", file)).map((one) => readCa(one, dirname(resolve(file))));
  const names = cas.map(({ name }) => name);
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw wrong(`two CAs are called "${twice}"`);
  return cas;
}

/** One CA as the file has it. */
interface CaEntry {
  readonly name?: string;
  readonly directory: string;
  readonly "ca-file"?: string;
  readonly "eab-kid"?: string;
  readonly "eab-key-file"?: string;
  readonly contacts?: readonly string[];
  readonly "terms-agreed"?: boolean;
  readonly profile?: string;
  readonly "preferred-chain"?: string;
  readonly challenge?: "dns-01" | "http-01" | "dns-persist-01";
  readonly "caa-identities"?: readonly string[];
}

const word = text(255);
const MEMBERS = {
  name: optional(((value) => typeof value === "string" && /^[\w.:-]{1,64}$/.test(value)) as Shape<string>),
  directory: text(2048),
  "ca-file": optional(text(4096)),
  "eab-kid": optional(word),
  "eab-key-file": optional(text(4096)),
  contacts: optional(list(word, 10)),
  "terms-agreed": optional(flag),
  profile: optional(word),
  "preferred-chain": optional(word),
  challenge: optional(oneOf("dns-01", "http-01", "dns-persist-01")),
  "caa-identities": optional(list(word, 20)),
};
const isEntry = object(MEMBERS) as Shape<CaEntry>;

function parseFile(content: string): readonly CaEntry[] {
  let value: unknown;
  try {
    value = JSON.parse(content);
  } catch {
    throw wrong("it is not JSON");
  }
  if (!Array.isArray(value) || value.length === 0) throw wrong("it is not a list of CAs: [{ … }, …]");
  return value.map((one: unknown, index) => {
    const place = `CA number ${index + 1}`;
    if (typeof one !== "object" || one === null) throw wrong(`${place} is not an object`);
    const unknown = Object.keys(one).find((member) => !Object.hasOwn(MEMBERS, member));
    if (unknown !== undefined) throw wrong(`${place} has "${unknown}"; there are ${Object.keys(MEMBERS).join(", ")}`);
    const bad = Object.entries(MEMBERS).find(([member, shape]) => !shape((one as Record<string, unknown>)[member]));
    if (bad) throw wrong(`${place}: "${bad[0]}" is missing or not what it should be`);
    if (!isEntry(one)) throw wrong(`${place} is not as it should be`);
    return one;
  });
}

function readCa(entry: CaEntry, folder: string): UpstreamCa {
  const found = findCa(entry.directory);
  if (!found) {
    throw wrong(`"${entry.directory}" is neither an https:// URL nor one of ${KNOWN_CAS.join(", ")}`);
  }
  const trustFile = entry["ca-file"];
  const trust = trustFile === undefined ? undefined : readTrust(resolve(folder, trustFile));
  return {
    ...PLAIN,
    name: entry.name ?? found.name,
    directory: found.directory,
    trust,
    binding: readBinding(entry, folder),
    contacts: (entry.contacts ?? []).map(readContact),
    termsAgreed: entry["terms-agreed"] ?? false,
    profile: entry.profile,
    preferredChain: entry["preferred-chain"],
    challenge: entry.challenge ?? "dns-01",
    caaIdentities: (entry["caa-identities"] ?? []).map((identity) => identity.toLowerCase()),
  };
}

/** The key is looked at now, so that a wrong file shows at the start, and read when it is used. */
function readBinding(entry: CaEntry, folder: string): UpstreamCa["binding"] {
  const { "eab-kid": keyId, "eab-key-file": keyFile } = entry;
  if (keyId === undefined && keyFile === undefined) return undefined;
  if (keyId === undefined || keyFile === undefined) throw wrong("eab-kid and eab-key-file belong together");
  const path = resolve(folder, keyFile);
  const readKey = (): PlaintextKey => {
    const content = readSetting("eab-key-file", path).trim();
    if (!/^[\w-]{16,1024}={0,2}$/.test(content)) throw wrong(`${path} does not hold an EAB key in base64url`);
    return new PlaintextKey(Buffer.from(content, "base64url"));
  };
  readKey()[Symbol.dispose]();
  return { keyId, readKey };
}

function readTrust(path: string): string {
  const content = readSetting("ca-file", path);
  try {
    if (parsePem(content, 100).length > 0) return content;
  } catch {
    // said below
  }
  throw wrong(`${path} holds no PEM certificates`);
}

function readContact(contact: string): string {
  const mailbox = parseMailbox(contact.replace(/^mailto:/, ""));
  if (!mailbox) throw wrong(`"${contact}" is not an e-mail address`);
  return mailto(mailbox.address);
}

function mailto(address: string): string {
  return `mailto:${address}`;
}

function wrong(message: string): ConfigError {
  return new ConfigError(`upstream-file: ${message}`);
}

const PLAIN = {
  trust: undefined,
  binding: undefined,
  profile: undefined,
  preferredChain: undefined,
  challenge: "dns-01",
  caaIdentities: [],
} as const;
