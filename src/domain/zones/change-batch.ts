import { placeProblems, shapeProblems } from "./change-problems.ts";
import type { RecordChange, ZoneFacts } from "./record-change.ts";
import { type RecordSet, setKey } from "./record-set.ts";
import { isSameSet } from "./same-set.ts";

/** A batch that holds: the sets as they are afterwards, and those that are no more. */
export interface Decision {
  readonly written: readonly RecordSet[];
  readonly removed: readonly RecordSet[];
}

/**
 * Decides a whole batch at once: it holds entirely, or here is everything that speaks against it, in AWS's words.
 * Removals count before additions, so a batch may replace an A by a CNAME.
 */
export function decideBatch(
  changes: readonly RecordChange[],
  zone: ZoneFacts,
): { readonly decision: Decision } | { readonly problems: readonly string[] } {
  const standing = new Map(zone.standing.map((set) => [setKey(set), set]));
  const { after, problems } = apply(changes, standing);
  problems.unshift(...changes.flatMap((change) => shapeProblems(change, zone)));
  if (problems.length === 0) problems.push(...placeProblems(changes, zone, after));
  if (problems.length > 0) return { problems: [...new Set(problems)] };
  const touched = new Map(changes.map(({ set }) => [setKey(set), set]));
  return {
    decision: {
      written: [...touched.keys()].flatMap((key) => after.get(key) ?? []),
      removed: [...touched.values()].filter((set) => !after.has(setKey(set))),
    },
  };
}

/** The sets after the batch, and what of it cannot be done to those that stand. */
function apply(
  changes: readonly RecordChange[],
  standing: ReadonlyMap<string, RecordSet>,
): { readonly after: ReadonlyMap<string, RecordSet>; readonly problems: string[] } {
  const after = new Map(standing);
  const problems: string[] = [];
  const done = new Set<string>();
  for (const { action, set } of changes.toSorted((a, b) => rank(a) - rank(b))) {
    const key = setKey(set);
    const shown = `[name='${set.name}', type='${set.type}']`;
    const once = `${action === "DELETE" ? "-" : "+"} ${key}`;
    if (done.has(once)) {
      problems.push(`The request contains an invalid set of changes for a resource record set '${key}'`);
      continue;
    }
    done.add(once);
    const found = after.get(key);
    if (action === "DELETE") {
      if (!found) problems.push(`Tried to delete resource record set ${shown} but it was not found`);
      else if (!isSameSet(found, set)) {
        problems.push(
          `Tried to delete resource record set ${shown} but the values provided do not match the current values`,
        );
      }
      after.delete(key);
      continue;
    }
    if (action === "CREATE" && found) {
      problems.push(`Tried to create resource record set ${shown} but it already exists`);
    }
    after.set(key, set);
  }
  return { after, problems };
}

const rank = ({ action }: RecordChange): number => (action === "DELETE" ? 0 : 1);
