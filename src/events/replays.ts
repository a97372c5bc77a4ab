import { eventArn, ownEventResource } from "#domain/events/arns.ts";
import { matches } from "#domain/events/match.ts";
import { parsePattern } from "#domain/events/pattern.ts";
import { type Owner, parseAccountId, parseRegion } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { enqueue } from "#jobs/queue.ts";
import { DAY } from "#lib/duration.ts";
import {
  type ArchiveRow,
  changeReplay,
  countRunningReplays,
  findArchive,
  findReplay,
  insertReplay,
  pageReplays,
  type ReplayRow,
} from "#store/event-archives.ts";
import { insertDelivery } from "#store/event-deliveries.ts";
import { eventsAfter, type StoredEvent } from "#store/events.ts";
import type { Tx } from "#store/store.ts";
import { busArn } from "./bus.ts";
import type { EventDeps } from "./deps.ts";
import { promiseDelivery, REPLAY_EVENTS } from "./jobs.ts";
import { type Page, type PageRequest, pageOf } from "./page.ts";
import { targetsOf } from "./route.ts";

export interface NewReplay {
  readonly name: string;
  readonly description: string | undefined;
  readonly archiveArn: string;
  readonly from: Date;
  readonly to: Date;
  readonly destination: { readonly bus: string; readonly rules: readonly string[] | undefined };
}

/** A replay as its users see it. */
export interface Replay extends Omit<ReplayRow, "rules"> {
  readonly arn: string;
  readonly archiveArn: string;
  readonly rules: readonly string[] | undefined;
}

/**
 * Begins to send what an archive has of a time to the bus once more. Throws `event-value-invalid`,
 * `event-resource-exists` and `event-limit-exceeded`.
 */
export async function startReplay(replay: NewReplay, owner: Owner, { store, clock }: EventDeps): Promise<Replay> {
  const { name, description, archiveArn, from, to, destination } = replay;
  if (from >= to) {
    throw wrong("EventEndTime", "EventStartTime must be before EventEndTime.");
  }
  if (destination.bus !== busArn(owner)) {
    throw wrong("Destination.Arn", `Event bus ${destination.bus} does not exist.`);
  }
  const archive = ownEventResource(archiveArn, owner);
  const now = clock.now();
  const row: ReplayRow = {
    account: owner.account,
    region: owner.region,
    name,
    archive: archive?.kind === "archive" ? archive.name : "",
    description: description ?? null,
    fromTime: from.getTime(),
    toTime: to.getTime(),
    rules: destination.rules ? JSON.stringify(destination.rules) : null,
    state: "STARTING",
    stateReason: null,
    reachedAt: null,
    reached: 0,
    startedAt: now.getTime(),
    endedAt: null,
  };
  await store.transaction().execute(async (tx) => {
    if (!(await findArchive(tx, owner, row.archive)))
      throw wrong("EventSourceArn", `Archive ${archiveArn} does not exist.`);
    if (!(await insertReplay(tx, row))) {
      throw new Refusal("event-resource-exists", `Replay ${name} already exists.`);
    }
    if ((await countRunningReplays(tx, owner)) > MOST_RUNNING) {
      throw new Refusal("event-limit-exceeded", `There are ${MOST_RUNNING} replays that have not ended: wait for one.`);
    }
    const job = { task: REPLAY_EVENTS, subject: `${owner.account}/${owner.region}/${name}` };
    await enqueue(tx, job, now);
  });
  return shown(row);
}

/** Throws `event-resource-not-found`. */
export async function describeReplay(name: string, owner: Owner, { store }: EventDeps): Promise<Replay> {
  return shown((await findReplay(store, owner, name)) ?? missing(name));
}

export async function listReplays(
  request: PageRequest & { readonly state?: ReplayRow["state"] | undefined; readonly archiveArn?: string | undefined },
  owner: Owner,
  { store }: EventDeps,
): Promise<Page<Replay>> {
  const { state, archiveArn } = request;
  const named = archiveArn === undefined ? undefined : ownEventResource(archiveArn, owner);
  const archive = archiveArn === undefined ? undefined : named?.kind === "archive" ? named.name : "";
  const page = await pageOf(
    `replays:${state ?? ""}:${archiveArn ?? ""}`,
    request,
    ({ name }: ReplayRow) => name,
    (part) => pageReplays(store, owner, part, { state, archive }),
  );
  return { ...page, items: page.items.map(shown) };
}

/** Ends a replay before its end. Throws `event-resource-not-found`, and `event-replay-over` when it has ended. */
export async function cancelReplay(name: string, owner: Owner, { store, clock }: EventDeps): Promise<Replay> {
  const row = await store.transaction().execute(async (tx) => {
    if (!(await findReplay(tx, owner, name))) return missing(name);
    const end = { state: "CANCELLED" as const, endedAt: clock.now().getTime() };
    return await changeReplay(tx, owner, name, ["STARTING", "RUNNING"], end);
  });
  if (!row) throw new Refusal("event-replay-over", `Replay ${name} is not in a valid state for this operation.`);
  return shown(row);
}

/**
 * The job "event.replay": sends a stretch of events to the targets of the rules that want them. How far it came is
 * written down in the commit that promises the deliveries.
 */
export async function replayEvents(subject: string, { store, clock }: EventDeps): Promise<Date | undefined> {
  const [account = "", region = "", name = ""] = subject.split("/");
  const owner = { account: parseAccountId(account), region: parseRegion(region) } as Owner;
  const replay = await findReplay(store, owner, name);
  if (replay?.state !== "STARTING" && replay?.state !== "RUNNING") return undefined;
  const now = clock.now();
  const archive = await findArchive(store, owner, replay.archive);
  const after = { at: replay.reachedAt ?? replay.fromTime, position: replay.reachedAt === null ? 0 : replay.reached };
  const events = archive ? await eventsAfter(store, after, replay.toTime, AT_ONCE, owner) : [];
  const rules = ruleNames(replay, owner);
  const wanted: { readonly event: StoredEvent; readonly targets: readonly string[] }[] = [];
  for (const event of events) {
    const body: unknown = { ...(JSON.parse(event.body) as object), "replay-name": name };
    const content = body as Readonly<Record<string, unknown>>;
    const targets = archive && isIn(archive, event, content, now) ? await targetsOf(store, owner, content, rules) : [];
    wanted.push({ event, targets });
  }
  return await store.transaction().execute(async (tx) => {
    const last = events.at(-1);
    const isDone = events.length < AT_ONCE;
    const changed = await changeReplay(tx, owner, name, ["STARTING", "RUNNING"], {
      state: !archive ? "FAILED" : isDone ? "COMPLETED" : "RUNNING",
      stateReason: archive ? null : `Archive ${replay.archive} does not exist.`,
      ...(last && { reachedAt: last.at, reached: last.position }),
      ...(isDone && { endedAt: now.getTime() }),
    });
    if (!changed) return undefined; // it was cancelled meanwhile
    for (const { event, targets } of wanted) await deliver(tx, event, targets, name, now);
    return isDone ? undefined : now;
  });
}

/** A replay has lanes of its own: neither holds the other up. */
async function deliver(
  tx: Tx,
  event: StoredEvent,
  targets: readonly string[],
  replay: string,
  now: Date,
): Promise<void> {
  const lane = `replay:${replay}:${event.lane}`;
  for (const target of targets) {
    await insertDelivery(tx, { target, lane, position: event.position }, now.getTime(), replay);
    await promiseDelivery(tx, target, lane, now);
  }
}

function isIn(
  { createdAt, retentionDays, pattern }: ArchiveRow,
  { at }: StoredEvent,
  content: Readonly<Record<string, unknown>>,
  now: Date,
): boolean {
  const tooOld = retentionDays > 0 && at < now.getTime() - retentionDays * DAY;
  return at >= createdAt && !tooOld && (pattern === null || matches(parsePattern(pattern), content));
}

function ruleNames({ rules }: ReplayRow, owner: Owner): readonly string[] | undefined {
  if (rules === null) return undefined;
  return (JSON.parse(rules) as readonly string[]).flatMap((arn) => {
    const resource = ownEventResource(arn, owner);
    return resource?.kind === "rule" ? [resource.name] : [];
  });
}

function shown({ rules, ...row }: ReplayRow): Replay {
  return {
    ...row,
    arn: eventArn(row, { kind: "replay", name: row.name }),
    archiveArn: eventArn(row, { kind: "archive", name: row.archive }),
    rules: rules === null ? undefined : (JSON.parse(rules) as readonly string[]),
  };
}

function wrong(parameter: string, reason: string): Refusal {
  return new Refusal("event-value-invalid", `Parameter ${parameter} is not valid. Reason: ${reason}`);
}

function missing(name: string): never {
  throw new Refusal("event-resource-not-found", `Replay ${name} does not exist.`);
}

const AT_ONCE = 50;
/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-quota.html */
const MOST_RUNNING = 10;
