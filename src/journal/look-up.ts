import { isReadOnly, parseEventId, resourceType, type TrailEvent, trailEvent } from "#domain/evidence/event.ts";
import { isEvent, type LeafRecord } from "#domain/evidence/leaf.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { digest } from "#lib/keyed-hash.ts";
import { type LookupAttribute, type LookupPlace, lookUpRecords } from "#store/audit-lookups.ts";
import { findRecord } from "#store/audit-records.ts";
import type { Store } from "#store/store.ts";

/** What events are looked for. */
export interface EventQuery {
  readonly by: EventAttribute | undefined;
  /** Milliseconds since 1970, both included. */
  readonly from: number;
  readonly to: number;
  readonly limit: number;
  readonly token: string | undefined;
}

/** One thing that an event must have. */
export interface EventAttribute {
  readonly name:
    | "AccessKeyId"
    | "EventId"
    | "EventName"
    | "EventSource"
    | "ReadOnly"
    | "ResourceName"
    | "ResourceType"
    | "Username";
  readonly value: string;
}

/**
 * Events of an account in a region, newest first. What has an index is found at once; for the rest a page looks at no more than
 * 1,000 events, so that it may be short, or empty, and yet not the last.
 */
export async function lookUpEvents(
  query: EventQuery,
  owner: Owner,
  { store }: { readonly store: Store },
): Promise<{ readonly events: readonly TrailEvent[]; readonly token: string | undefined }> {
  const { by, from, to, limit } = query;
  const name = digest(JSON.stringify([owner.account, owner.region, by?.name, by?.value, from, to])).toString(
    "base64url",
  );
  const before = query.token === undefined ? { at: to + 1, recordId: 0 } : readToken(query.token, name);
  if (by?.name === "EventId") {
    const found = await eventById(by.value, query, owner, store);
    return { events: found ? [trailEvent(found)] : [], token: undefined };
  }
  const index = indexOf(by);
  const fits = filterOf(by);
  const size = fits ? MOST_LOOKED_AT : limit + 1;
  const records = await lookUpRecords(store, owner, index, { from, before, limit: size });
  const kept = (fits ? records.filter(fits) : records).slice(0, limit);
  const lastLooked = records.length < size ? undefined : records.at(-1);
  const more = kept.length === limit && kept.at(-1) !== records.at(-1) ? kept.at(-1) : lastLooked;
  return { events: kept.map(trailEvent), token: more && writeToken(more, name) };
}

async function eventById(
  eventId: string,
  { from, to }: EventQuery,
  owner: Owner,
  store: Store,
): Promise<LeafRecord | undefined> {
  const named = parseEventId(eventId);
  const record = named && (await findRecord(store, named.id));
  const own = record && record.at === named.at && record.account === owner.account && record.region === owner.region;
  return own && isEvent(record) && record.at >= from && record.at <= to ? record : undefined;
}

function indexOf(by: EventAttribute | undefined): { readonly attribute: LookupAttribute; readonly value: string } {
  switch (by?.name) {
    case "AccessKeyId":
    case "EventName":
    case "ResourceName":
    case "Username":
      return { attribute: by.name, value: by.value };
    default:
      return { attribute: "time", value: "" };
  }
}

function filterOf(by: EventAttribute | undefined): ((record: LeafRecord) => boolean) | undefined {
  switch (by?.name) {
    case "EventSource":
      return ({ eventSource }) => eventSource === by.value;
    case "ReadOnly":
      return ({ eventName, eventSource }) => String(isReadOnly(eventName, eventSource)) === by.value.toLowerCase();
    case "ResourceType":
      return ({ resource, certificate }) =>
        [resource, certificate].some((name) => name !== null && resourceType(name) === by.value);
    default:
      return undefined;
  }
}

function writeToken({ at, id }: LeafRecord, query: string): string {
  return Buffer.from(`${query} ${at} ${id}`).toString("base64url");
}

function readToken(token: string, query: string): LookupPlace {
  const [, asked, at, recordId] =
    /^(\S+) (\d{1,15}) (\d{1,15})$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  if (asked !== query || at === undefined || recordId === undefined) {
    throw new Refusal(
      "event-token-invalid",
      "The token is not one that this query returned: all its parameters must be the same.",
    );
  }
  return { at: Number(at), recordId: Number(recordId) };
}

const MOST_LOOKED_AT = 1_000;
