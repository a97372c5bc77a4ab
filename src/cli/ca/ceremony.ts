import { X509Certificate } from "node:crypto";
import { appendFileSync, chmodSync, existsSync, mkdirSync } from "node:fs";
import { hostname, userInfo } from "node:os";
import { basename, join } from "node:path";
import { parseArgs } from "node:util";
import { newSealedRoot, ROOT_KEYS } from "#ca/ceremony/new-root.ts";
import { placeIn, readCaRequest } from "#ca/ceremony/request.ts";
import { readRevoked, writeRevoked } from "#ca/ceremony/revoked.ts";
import { openSealedRoot, readBlocks, readSealedRoot, writeSealedRoot } from "#ca/ceremony/sealed-root.ts";
import { signCross, signRequest, signRootCrl } from "#ca/ceremony/sign.ts";
import { checkTranscript, digest, transcriptLine } from "#ca/ceremony/transcript.ts";
import type { CrlEntry } from "#ca/crl-entries.ts";
import { readReason } from "#ca/hierarchies/change.ts";
import { HierarchyError } from "#ca/hierarchies/error.ts";
import { readCa } from "#ca/hierarchies/read-ca.ts";
import { REVOCATION_REASONS } from "#ca/revocation.ts";
import { systemClock } from "#lib/clock.ts";
import { DAY, SECOND } from "#lib/duration.ts";
import { pem } from "#lib/pem.ts";
import { ConfigError } from "#main/config-error.ts";
import { readIfThere, writeSecretFile } from "#main/data-dir.ts";
import { readPassphrase, readText } from "./files.ts";

/** `sealkeeper ca ceremony …`: the root's own machine. Nothing here opens a database or a connection. */
export async function ceremonyCommand(args: readonly string[]): Promise<number> {
  const [word = "", ...rest] = args;
  const command = Object.hasOwn(COMMANDS, word) ? COMMANDS[word] : undefined;
  if (!command) {
    throw new ConfigError(`there is no "ca ceremony ${word}": it is one of ${Object.keys(COMMANDS).join(", ")}`);
  }
  const flags = readCeremonyFlags(rest);
  process.umask(0o077);
  mkdirSync(flags.dir, { recursive: true, mode: 0o700 });
  process.stdout.write(`${await command(flags)}\n`);
  return 0;
}

type Flags = ReturnType<typeof readCeremonyFlags>;

const COMMANDS: Readonly<Record<string, ((flags: Flags) => Promise<string>) | undefined>> = {
  root: makeRoot,
  sign: signRequests,
  cross: crossSign,
  crl: signCrl,
  check: checkCeremony,
};

async function makeRoot({ dir, name, key, years, passphrases }: Flags): Promise<string> {
  if (name === undefined) throw new ConfigError('name the root: --name "Example Root 1"');
  const algorithm = ROOT_KEYS.find((one) => one === key);
  if (!algorithm) throw new ConfigError(`--key: "${key}" is none of ${ROOT_KEYS.join(", ")}`);
  if (existsSync(keyFile(dir))) throw new HierarchyError(`${keyFile(dir)} is there already: a root is made once`);
  using passphrase = readPassphrase(passphrases);
  const validity = years === undefined ? LONGEST_LIFE : years * YEAR;
  const root = await newSealedRoot({ name, key: algorithm, validity }, passphrase.bytes, systemClock.now());
  const { fingerprint256 } = new X509Certificate(root.certificate);
  write(dir, KEY_FILE, writeSealedRoot(root));
  write(dir, "root.pem", pem("CERTIFICATE", root.certificate));
  note(dir, "root", [KEY_FILE, "root.pem"], { name, key, fingerprint: fingerprint256 });
  return [
    `The root is made. SHA-256 of its certificate, for the minutes:\n  ${fingerprint256}`,
    `  ${keyFile(dir)}   its key, sealed: never leaves this machine`,
    `  ${join(dir, "root.pem")}   its certificate: sealkeeper ca import-root, where it is to serve`,
  ].join("\n");
}

async function signRequests({ dir, csrs, years, passphrases }: Flags): Promise<string> {
  if (csrs.length === 0) throw new ConfigError("give what is to be signed: --csr FILE");
  const requests = csrs.map((path) => {
    const [block, ...more] = readBlocks(readText(path), 2);
    if (block?.label !== "CERTIFICATE REQUEST" || more.length > 0) {
      throw new HierarchyError(`${path} holds no CERTIFICATE REQUEST, or more than one`);
    }
    return { path, request: readCaRequest(block.der) };
  });
  using passphrase = readPassphrase(passphrases);
  const sealed = readSealedRoot(readText(keyFile(dir)));
  const validity = years === undefined ? STANDARD_LIFE : years * YEAR;
  const made = requests.map(({ path, request }) => {
    const root = openSealedRoot(sealed, passphrase.bytes, request);
    return { path, der: signRequest(request, root, validity, systemClock.now()).der };
  });
  const lines = made.map(({ path, der }) => {
    const name = `${basename(path).replace(/\.csr$/, "")}.pem`;
    expectFree(dir, name);
    write(dir, name, pem("CERTIFICATE", der));
    const { subject, serialNumber, fingerprint256 } = new X509Certificate(der);
    const details = {
      subject: subject.replaceAll("\n", ", "),
      serial: serialNumber.toLowerCase(),
      fingerprint: fingerprint256,
    };
    note(dir, "sign", [name], { ...details, request: digest(readText(path)) });
    return `${join(dir, name)}\n  ${details.subject}\n  ${fingerprint256}`;
  });
  return lines.join("\n");
}

async function crossSign({ dir, subject, caUrl, id, passphrases }: Flags): Promise<string> {
  if (subject === undefined || caUrl === undefined || id === undefined) {
    throw new ConfigError(
      "say whom this root is to cross-sign, and where its own pages are: --subject FILE --ca-url URL --id ROOT",
    );
  }
  const place = placeIn(`${caUrl.replace(/\/$/, "")}/ca/${id}.crt`);
  if (!place)
    throw new ConfigError(
      `--ca-url, --id: http://HOST:PORT as ca show prints it, and the root's name there, for example r3`,
    );
  const [block, ...more] = readBlocks(readText(subject), 2);
  if (block?.label !== "CERTIFICATE" || more.length > 0)
    throw new HierarchyError(`${subject} holds no CERTIFICATE, or more than one`);
  const other = readCa(block.der);
  using passphrase = readPassphrase(passphrases);
  const root = openSealedRoot(readSealedRoot(readText(keyFile(dir))), passphrase.bytes, place);
  const { der } = signCross(other, root, place.caUrl, systemClock.now());
  const { fingerprint256, serialNumber } = new X509Certificate(der);
  const name = `cross-${other.serial.slice(0, 8)}.pem`;
  expectFree(dir, name);
  write(dir, name, pem("CERTIFICATE", der));
  const who = other.x509.subject.replaceAll("\n", ", ");
  note(dir, "cross", [name], { subject: who, serial: serialNumber.toLowerCase(), fingerprint: fingerprint256 });
  return `${join(dir, name)}\n  ${who}\n  ${fingerprint256}`;
}

async function signCrl({ dir, revoke, days, passphrases }: Flags): Promise<string> {
  const now = systemClock.now();
  const before = revokedIn(dir);
  const added = revoke.map((text) => {
    const [, serial, reason] = /^((?:[0-9a-f]{2}){1,20})=([a-zA-Z]+)$/.exec(text) ?? [];
    if (serial === undefined || reason === undefined) throw new ConfigError(`--revoke: "${text}" is not SERIAL=REASON`);
    if (before.some((one) => one.serial === serial)) throw new HierarchyError(`${serial} is revoked already`);
    return {
      serial,
      reason: REVOCATION_REASONS[readReason(reason)],
      revokedAt: Math.floor(now.getTime() / SECOND) * SECOND,
    };
  });
  const entries = [...before, ...added];
  using passphrase = readPassphrase(passphrases);
  const root = openSealedRoot(readSealedRoot(readText(keyFile(dir))), passphrase.bytes, {
    id: "root",
    caUrl: "http://none",
  });
  // Seconds since 1970: above the number of every list that was signed before, without a counter that could get lost.
  const number = Math.floor(now.getTime() / SECOND);
  const crl = signRootCrl({ number, life: days * DAY, entries }, root, now);
  write(dir, REVOKED_FILE, writeRevoked(entries));
  write(dir, "crl.pem", pem("X509 CRL", crl));
  note(dir, "crl", ["crl.pem", REVOKED_FILE], { number: `${number}`, entries: `${entries.length}`, days: `${days}` });
  return `${join(dir, "crl.pem")}\n  number ${number}, ${entries.length} revoked, good for ${days} days`;
}

async function checkCeremony({ dir }: Flags): Promise<string> {
  const { steps, last } = checkTranscript(readText(join(dir, TRANSCRIPT)));
  return `The transcript is whole: ${steps} steps, the last one ${last}.`;
}

/** What this root revoked so far: a CRL lists all of it. */
function revokedIn(dir: string): readonly CrlEntry[] {
  const path = join(dir, REVOKED_FILE);
  const text = readIfThere(path)?.toString();
  if (text === undefined) return [];
  try {
    return readRevoked(text);
  } catch (error) {
    throw new HierarchyError(`${path} is malformed: put it back as it was`, { cause: error });
  }
}

function write(dir: string, name: string, content: string): void {
  writeSecretFile(join(dir, name), content);
}

function expectFree(dir: string, name: string): void {
  if (existsSync(join(dir, name))) throw new HierarchyError(`${join(dir, name)} is there already`);
}

/** Adds a line to the transcript: what was done, by whom, and the digests of what was written. */
function note(dir: string, step: string, names: readonly string[], details: Readonly<Record<string, string>>): void {
  const path = join(dir, TRANSCRIPT);
  const before = readIfThere(path)?.toString() ?? "";
  const files = names.map((name) => ({ name, sha256: digest(readText(join(dir, name))) }));
  const by = `${userInfo().username}@${hostname()}`;
  appendFileSync(path, transcriptLine(before, { at: systemClock.now(), by, step, files, details }), { mode: 0o600 });
  chmodSync(path, 0o600);
}

function readCeremonyFlags(args: readonly string[]): {
  readonly dir: string;
  readonly name: string | undefined;
  readonly key: string;
  readonly years: number | undefined;
  readonly days: number;
  readonly csrs: readonly string[];
  readonly subject: string | undefined;
  readonly caUrl: string | undefined;
  readonly id: string | undefined;
  readonly revoke: readonly string[];
  readonly passphrases: readonly string[];
} {
  const one = { type: "string" } as const;
  const many = { type: "string", multiple: true } as const;
  try {
    const { values } = parseArgs({
      args: [...args],
      options: {
        dir: one,
        name: one,
        key: one,
        years: one,
        days: one,
        csr: many,
        subject: one,
        "ca-url": one,
        id: one,
        revoke: many,
        "passphrase-file": many,
      },
    });
    if (values.dir === undefined) throw new ConfigError("say where the files of this ceremony are: --dir DIR");
    return {
      dir: values.dir,
      name: values.name,
      key: values.key ?? "EC_secp384r1",
      years: values.years === undefined ? undefined : count(values.years, "years"),
      days: values.days === undefined ? STANDARD_CRL_DAYS : count(values.days, "days"),
      csrs: values.csr ?? [],
      subject: values.subject,
      caUrl: values["ca-url"],
      id: values.id,
      revoke: values.revoke ?? [],
      passphrases: values["passphrase-file"] ?? [],
    };
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

function count(text: string, flag: string): number {
  if (!/^[1-9]\d{0,3}$/.test(text)) throw new ConfigError(`--${flag}: "${text}" is no number of ${flag}`);
  return Number(text);
}

function keyFile(dir: string): string {
  return join(dir, KEY_FILE);
}

const KEY_FILE = "root.key";
const REVOKED_FILE = "revoked.json";
const TRANSCRIPT = "transcript.jsonl";
const YEAR = 365.25 * DAY;
const LONGEST_LIFE = 9_131 * DAY;
const STANDARD_LIFE = 4_383 * DAY;
const STANDARD_CRL_DAYS = 180;
