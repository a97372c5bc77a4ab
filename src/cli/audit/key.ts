import { sealPurpose } from "#ca/signers.ts";
import { parseArn } from "#domain/arn.ts";
import type { GrantStory, KeyEvent, KeyStory } from "#domain/evidence/key-story.ts";
import { tellKey } from "#journal/key-story.ts";
import { ConfigError } from "#main/config-error.ts";
import { endWithReader } from "../end-with-reader.ts";
import { readSettings } from "../settings.ts";
import { openThere } from "./source.ts";

/** `sealkeeper audit key ARN`, `--issuer ID`, `--sealed NAME`: one key's life. 1 when the journal knows nothing of it. */
export async function key(args: readonly string[]): Promise<number> {
  const isNamed = args.some((arg) => /^--(issuer|sealed)(=|$)/.test(arg));
  const { config, words, own } = readSettings(args, isNamed ? 0 : 1, FLAGS);
  const subject = subjectOf(words[0], own);
  endWithReader();
  const store = await openThere(config);
  try {
    const story = await tellKey(store, subject, showProgress);
    if (process.stderr.isTTY) process.stderr.write("\r\u001B[K");
    if (story.events.length === 0) {
      process.stderr.write(`sealkeeper: the journal knows nothing of ${subject}: which --data-dir or --database?\n`);
      return 1;
    }
    process.stdout.write(
      own["json"] === "true" ? `${JSON.stringify(asJson(story), undefined, 2)}\n` : tellStory(story),
    );
    return 0;
  } finally {
    await store.destroy();
  }
}

/** What the journal calls the key that is asked for. */
function subjectOf(arn: string | undefined, { issuer, sealed }: ReturnType<typeof readSettings>["own"]): string {
  if (issuer !== undefined && sealed !== undefined)
    throw new ConfigError("--issuer and --sealed each name a key: which?");
  if (issuer !== undefined) return sealPurpose(issuer);
  if (sealed !== undefined) return sealed;
  const { service = "" } = parseArn(arn ?? "") ?? {};
  if (arn !== undefined && SERVICES.includes(service)) return arn;
  throw new ConfigError(`"${arn}" is neither the ARN of a certificate, nor of a private CA, nor of a KMS key`);
}

/** A key's life in lines for people. */
export function tellStory({ subject, masterKeys, grants, events }: KeyStory): string {
  return [
    subject,
    ...masterKeys.map((masterKey) => `  wrapped under ${masterKey}`),
    "",
    "who could read it",
    ...(grants.length === 0 ? [events.some(isSealed) ? CONTROL_PLANES : NOBODY] : grants.map(tellGrant)),
    "",
    "what was done",
    ...events.map(tellEvent),
    "",
  ].join("\n");
}

function tellGrant({ grantId, grantee, operations, from, to, uses }: GrantStory): string {
  const until = to === undefined ? "still stands" : `until ${time(to)}`;
  return `  ${grantee}\n      ${operations}, from ${time(from)} ${until}, used ${uses} ${uses === 1 ? "time" : "times"}, grant ${grantId}`;
}

/** No grants are made of keys that control planes sign with. */
function isSealed({ eventName }: KeyEvent): boolean {
  return eventName === "CreateSealedKey";
}

function tellEvent({ at, what, eventName, principal, key, grantId, sourceIp, error, detail }: KeyEvent): string {
  const facts = [
    ...(key === undefined || parseArn(key) ? [] : [key]),
    ...(grantId === undefined ? [] : [`grant ${grantId.slice(0, 12)}…`]),
    ...(sourceIp === undefined ? [] : [`from ${sourceIp}`]),
    ...TOLD.flatMap((name) => (detail[name] === undefined ? [] : [`${name} ${detail[name]}`])),
    ...(error === undefined ? [] : [error]),
  ];
  return `  ${time(at)}  ${what.padEnd(12)} ${eventName} by ${principal}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}`;
}

function asJson({ subject, masterKeys, grants, events }: KeyStory): object {
  return {
    subject,
    masterKeys,
    grants: grants.map(({ from, to, ...grant }) => ({
      ...grant,
      from: time(from),
      ...(to === undefined ? {} : { to: time(to) }),
    })),
    events: events.map(({ at, ...event }) => ({ time: time(at), ...event })),
  };
}

function time(at: number): string {
  return new Date(at).toISOString();
}

function showProgress(records: number): void {
  if (process.stderr.isTTY) process.stderr.write(`\rread ${records} records`);
}

const FLAGS = { json: { type: "boolean" }, issuer: { type: "string" }, sealed: { type: "string" } } as const;
const SERVICES: readonly string[] = ["acm", "acm-pca", "kms"];
const NOBODY = "  nobody: no grant was made";
const CONTROL_PLANES = "  control planes of this installation only, which have the custody key that it is sealed under";
const TOLD: readonly string[] = [
  "algorithm",
  "origin",
  "publicKeySha256",
  "generation",
  "issuer",
  "sealedUnder",
  "wrappedBy",
  "replacedBy",
  "from",
  "by",
  "reason",
];
