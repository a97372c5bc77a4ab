import { hash } from "node:crypto";
import { isInternal } from "#ca/internal-name.ts";
import type { LeafIssuer, Signers } from "#ca/signers.ts";
import { chainOf, signPrecertificate } from "#ca/transparency/append.ts";
import type { Clock } from "#lib/clock.ts";
import { later, MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import {
  beginLogging,
  findIntent,
  insertTimestamp,
  type LoggedIntent,
  listOutsideLogs,
  listTimestamps,
  noteLogFailure,
} from "#store/outside-logs.ts";
import type { Store } from "#store/store.ts";
import { type Entry, timestampProblem } from "./answer.ts";
import { collectTimestamps } from "./collect.ts";
import { type OutsideLog, takesUntil } from "./log-list.ts";
import type { OutsideLogs } from "./outside-logs.ts";
import { askable, isEnough, mostOf } from "./policy.ts";

export interface TimestampDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly signers: Signers;
}

/** Too few logs of others gave a timestamp. `until`: when to ask again; undefined where the policy is not to wait. */
export class TimestampsMissing extends Error {
  override readonly name = "TimestampsMissing";
  readonly until: Date | undefined;

  constructor(message: string, until: Date | undefined) {
    super(message);
    this.until = until;
  }
}

/**
 * Sees to it that enough logs of others gave a timestamp for an intent that is not taken yet; does nothing where none are
 * configured, and for Sealkeeper's own servers. Its precertificate is signed once and kept before any log is given it,
 * and what a log answers is kept at once: whoever goes on after a kill asks only those that did not answer. Nothing of
 * this is inside a transaction. Throws TimestampsMissing.
 */
export async function awaitTimestamps(intentId: string, deps: TimestampDeps): Promise<void> {
  const logs = deps.signers.outsideLogs;
  const intent = logs && (await findIntent(deps.store, intentId));
  if (!logs || !intent || isInternal(intent.certificateArn)) return;
  const issuer = await deps.signers.issuer(deps.store, intent.issuerId);
  const logging = await asLogging(intent, issuer, deps);
  if (!logging) return; // taken or given up: who takes it will see
  const entry = entryOf(logging.tbs, issuer);
  const failures: string[] = [];
  const health = new Map((await listOutsideLogs(deps.store)).map((row) => [row.logId, row]));
  const held = (await verified(intentId, entry, logs, deps)).map(({ log }) => log);
  const now = deps.clock.now();
  const end = { serial: intent.serial, notAfter: new Date(intent.notAfter) };
  const left = askable(logs.logs, end, (id) => health.get(id), now).filter((log) => !held.includes(log));
  const chain = [logging.precertificate, ...(await chainOf(issuer.id, deps))];
  const collecting = {
    held,
    left,
    onTimestamp: (log: OutsideLog, timestamp: Buffer) => keep(intentId, log, timestamp, deps),
    async onFailure(
      log: OutsideLog,
      { message, retryAt }: { readonly message: string; readonly retryAt: Date | undefined },
    ) {
      failures.push(`${log.description} (${log.url}): ${message}`);
      logs.onFailure(log, message);
      const [failedAt, leftAloneUntil] = [deps.clock.now().getTime(), retryAt?.getTime() ?? null];
      await noteLogFailure(deps.store, log.id, { failedAt, problem: message, leftAloneUntil });
    },
  };
  if (await collectTimestamps({ ...entry, chain }, collecting, { logs, clock: deps.clock })) return;
  if (logs.policy.missing === "sign") return;
  const got = (await verified(intentId, entry, logs, deps)).map(({ log }) => log);
  const untold = logs.logs.filter((log) => takesUntil(log, end.notAfter));
  throw new TimestampsMissing(
    missingMessage({ got, failures, logs, untold, end: end.notAfter }),
    logs.policy.missing === "wait" ? pauseAfter(intent, deps.clock.now()) : undefined,
  );
}

/** The timestamps of others that a taken intent is to be signed with. Throws where the policy wants more. */
export async function heldTimestamps(
  {
    id,
    certificateArn,
    precertificate,
    tbs,
  }: Pick<LoggedIntent, "id" | "certificateArn" | "precertificate"> & { tbs: Buffer },
  issuer: LeafIssuer,
  deps: TimestampDeps,
): Promise<readonly Buffer[]> {
  const logs = deps.signers.outsideLogs;
  if (!logs || isInternal(certificateArn)) return [];
  const found = precertificate ? await verified(id, entryOf(tbs, issuer), logs, deps) : [];
  const operated = found.map(({ log: { operator }, timestamp }) => ({ operator, timestamp }));
  const isRight = logs.policy.missing === "sign" || isEnough(operated, logs.policy);
  if (!isRight) throw new Error(`intent ${id} was taken before logs of others knew it`);
  return mostOf(operated, logs.policy, MOST_EMBEDDED).map(({ timestamp }) => timestamp);
}

/** The intent with its precertificate, which is signed and kept if it has none; undefined when it is past that. */
async function asLogging(
  intent: LoggedIntent,
  issuer: LeafIssuer,
  { store }: TimestampDeps,
): Promise<{ readonly tbs: Buffer; readonly precertificate: Buffer } | undefined> {
  const { id, state, tbs, precertificate } = intent;
  if (!tbs || (state !== "prepared" && state !== "logging")) return undefined;
  const whole = Buffer.from(tbs);
  if (precertificate) return { tbs: whole, precertificate: Buffer.from(precertificate) };
  const made = signPrecertificate(whole, issuer);
  if (await beginLogging(store, id, made)) return { tbs: whole, precertificate: made };
  const now = await findIntent(store, id); // somebody else was faster: what we signed goes nowhere
  return now?.state === "logging" ? await asLogging(now, issuer, { store } as TimestampDeps) : undefined;
}

/** What was kept for an intent, of the logs that are configured today, and verified again. */
async function verified(
  intentId: string,
  entry: Entry,
  { logs }: OutsideLogs,
  { store, clock }: Pick<TimestampDeps, "store" | "clock">,
): Promise<readonly { readonly log: OutsideLog; readonly timestamp: Buffer }[]> {
  return (await listTimestamps(store, intentId)).flatMap(({ logId, timestamp: bytes }) => {
    const log = logs.find(({ id }) => id === logId);
    const timestamp = Buffer.from(bytes);
    return log && timestampProblem(timestamp, log, entry, clock.now()) === undefined ? [{ log, timestamp }] : [];
  });
}

async function keep(
  intentId: string,
  log: OutsideLog,
  timestamp: Buffer,
  { store, clock }: Pick<TimestampDeps, "store" | "clock">,
): Promise<void> {
  await store.transaction().execute((tx) => insertTimestamp(tx, intentId, log.id, timestamp, clock.now().getTime()));
}

function entryOf(tbs: Buffer, { subjectPublicKeyInfo }: LeafIssuer): Entry {
  return { tbs, issuerKeyHash: hash("sha256", subjectPublicKeyInfo, "buffer") };
}

interface Shortage {
  readonly got: readonly OutsideLog[];
  readonly failures: readonly string[];
  readonly logs: OutsideLogs;
  /** Those that take certificates with this end. */
  readonly untold: readonly OutsideLog[];
  readonly end: Date;
}

function missingMessage({ got, failures, logs: { policy }, untold, end }: Shortage): string {
  const { needed, operators } = policy;
  const who = operators > 1 ? `${needed} logs of ${operators} operators` : `${needed} logs`;
  const reasons = [
    ...failures,
    ...(isEnough(untold, policy)
      ? []
      : [`${untold.length} of the list take certificates that end ${end.toISOString()}`]),
  ];
  const why = reasons.length > 0 ? reasons : ["the others asked to be left alone for now"];
  return `timestamps of ${who} are needed, ${got.length} came; ${why.join("; ")}`.slice(0, LONGEST_MESSAGE);
}

/** The longer it waits, the rarer logs are asked. */
function pauseAfter({ preparedAt }: Pick<LoggedIntent, "preparedAt">, now: Date): Date {
  return later(now, Math.min(Math.max(now.getTime() - preparedAt, SHORTEST_PAUSE), LONGEST_PAUSE));
}

/** An answer is some 120 bytes; browsers ask for two or three. */
const MOST_EMBEDDED = 8;
const SHORTEST_PAUSE: Millis = 5 * SECOND;
const LONGEST_PAUSE: Millis = 15 * MINUTE;
const LONGEST_MESSAGE = 2000;
