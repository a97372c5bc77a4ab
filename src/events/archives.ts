import { eventArn } from "#domain/events/arns.ts";
import { parsePattern } from "#domain/events/pattern.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import {
  type ArchiveRow,
  changeArchive,
  deleteArchiveRow,
  findArchive,
  insertArchive,
  pageArchives,
} from "#store/event-archives.ts";
import { busArn } from "./bus.ts";
import type { EventDeps } from "./deps.ts";
import { type Page, type PageRequest, pageOf } from "./page.ts";

export interface NewArchive {
  readonly name: string;
  /** The ARN of the bus. */
  readonly source: string;
  readonly pattern: string | undefined;
  readonly description: string | undefined;
  /** 0: for as long as events are kept. */
  readonly retentionDays: number;
}

/** An archive: from its making on, the events that are kept and match. */
export interface Archive extends ArchiveRow {
  readonly arn: string;
  readonly source: string;
}

/** Throws `event-pattern-invalid`, `event-resource-exists` and `event-resource-not-found`. */
export async function createArchive(archive: NewArchive, owner: Owner, { store, clock }: EventDeps): Promise<Archive> {
  const { name, source, pattern, description, retentionDays } = archive;
  if (source !== busArn(owner)) throw new Refusal("event-resource-not-found", `Event bus ${source} does not exist.`);
  if (pattern !== undefined) parsePattern(pattern);
  const row: ArchiveRow = {
    account: owner.account,
    region: owner.region,
    name,
    pattern: pattern ?? null,
    description: description ?? null,
    retentionDays,
    createdAt: clock.now().getTime(),
  };
  const isNew = await store.transaction().execute((tx) => insertArchive(tx, row));
  if (!isNew) throw new Refusal("event-resource-exists", `Archive ${name} already exists.`);
  return shown(row);
}

/** Throws `event-resource-not-found`. */
export async function describeArchive(name: string, owner: Owner, { store }: EventDeps): Promise<Archive> {
  return shown((await findArchive(store, owner, name)) ?? missing(name));
}

export async function listArchives(request: PageRequest, owner: Owner, { store }: EventDeps): Promise<Page<Archive>> {
  const page = await pageOf(
    "archives",
    request,
    ({ name }: ArchiveRow) => name,
    (part) => pageArchives(store, owner, part),
  );
  return { ...page, items: page.items.map(shown) };
}

/** Changes what is given and leaves the rest. */
export async function updateArchive(
  name: string,
  change: Partial<Pick<NewArchive, "pattern" | "description" | "retentionDays">>,
  owner: Owner,
  { store }: EventDeps,
): Promise<Archive> {
  const { pattern, description, retentionDays } = change;
  if (pattern !== undefined) parsePattern(pattern);
  const row = await store.transaction().execute(async (tx) => {
    const present = await findArchive(tx, owner, name);
    return (
      present &&
      (await changeArchive(tx, owner, name, {
        pattern: pattern ?? present.pattern,
        description: description ?? present.description,
        retentionDays: retentionDays ?? present.retentionDays,
      }))
    );
  });
  return shown(row ?? missing(name));
}

/** Deletes an archive; the events stay for as long as events are kept. */
export async function deleteArchive(name: string, owner: Owner, { store }: EventDeps): Promise<void> {
  const found = await store.transaction().execute((tx) => deleteArchiveRow(tx, owner, name));
  if (!found) missing(name);
}

function shown(row: ArchiveRow): Archive {
  return { ...row, arn: eventArn(row, { kind: "archive", name: row.name }), source: busArn(row) };
}

function missing(name: string): never {
  throw new Refusal("event-resource-not-found", `Archive ${name} does not exist.`);
}
