import { OWN_SOURCE } from "#domain/events/certificate-events.ts";
import { isObject } from "#domain/events/pattern-problem.ts";
import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { publishIn } from "#journal/events.ts";
import { checkBus } from "./bus.ts";
import type { EventDeps } from "./deps.ts";

/** An event that somebody puts on the bus, as it was given. */
export interface PutEntry {
  readonly time: Date | undefined;
  readonly source: string | undefined;
  readonly resources: readonly string[];
  readonly detailType: string | undefined;
  readonly detail: string | undefined;
  readonly bus: string | undefined;
}

/** The id of the event, or why it is none. */
export type PutResult = { readonly id: string } | { readonly code: string; readonly message: string };

/** Publishes what is right of these, in their order, in one commit. Throws `event-value-invalid` when they are too large. */
export async function putEvents(
  entries: readonly PutEntry[],
  owner: Owner,
  deps: EventDeps,
): Promise<readonly PutResult[]> {
  if (entries.reduce((sum, entry) => sum + sizeOf(entry), 0) > MOST_BYTES) {
    throw new Refusal("event-value-invalid", "Total size of the entries in the request is over the limit.");
  }
  return await deps.store.transaction().execute(async (tx) => {
    const results: PutResult[] = [];
    for (const entry of entries) {
      const checked = check(entry, owner);
      if ("code" in checked) {
        results.push(checked);
        continue;
      }
      const { resources, time } = entry;
      results.push({ id: await publishIn(tx, { ...owner, ...checked, resources, ...(time && { time }) }, deps) });
    }
    return results;
  });
}

interface Content {
  readonly source: string;
  readonly detailType: string;
  readonly detail: Readonly<Record<string, unknown>>;
}

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEventsResultEntry.html */
function check(
  { source, detailType, detail, bus }: PutEntry,
  owner: Owner,
): Content | Exclude<PutResult, { id: string }> {
  if (!source) return missing("Source");
  if (!detailType) return missing("DetailType");
  if (!detail) return missing("Detail");
  if (/^aws\./i.test(source) || source === OWN_SOURCE) {
    return { code: "NotAuthorizedForSourceException", message: "Not authorized for the source." };
  }
  try {
    checkBus(bus, owner);
  } catch (error) {
    if (error instanceof Refusal) return { code: "ResourceNotFoundException", message: error.message };
    throw error;
  }
  const parsed = parseDetail(detail);
  return parsed ? { source, detailType, detail: parsed } : { code: "MalformedDetail", message: "Detail is malformed." };
}

function missing(name: string): Exclude<PutResult, { id: string }> {
  return {
    code: "InvalidArgument",
    message: `Parameter ${name} is not valid. Reason: ${name} is a required argument.`,
  };
}

/** A JSON object that is not nested deeper than anybody means; undefined for anything else. */
export function parseDetail(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isObject(value) && depth(text) <= DEEPEST ? value : undefined;
  } catch {
    return undefined;
  }
}

/** How deep JSON text is nested. */
function depth(json: string): number {
  let deepest = 0;
  let level = 0;
  for (const [piece] of json.matchAll(/"[^"\\]*(?:\\.[^"\\]*)*"|[[\]{}]/gs)) {
    if (piece === "{" || piece === "[") deepest = Math.max(deepest, ++level);
    else if (piece === "}" || piece === "]") level--;
  }
  return deepest;
}

/** https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-putevents.html: how the size of an entry is counted. */
function sizeOf({ time, source = "", detailType = "", detail = "", resources }: PutEntry): number {
  const texts = [source, detailType, detail, ...resources];
  return (time ? 14 : 0) + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

const MOST_BYTES = 262_144;
const DEEPEST = 100;
