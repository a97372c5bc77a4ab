import { comparable, fieldsOf } from "./rdata/fields.ts";
import { rdata, valueProblem } from "./rdata/rdata.ts";
import { isWildcard, isWithin, type RecordName } from "./record-name.ts";
import { type RecordAlias, type RecordSet, type RecordType, setKey } from "./record-set.ts";

export type ChangeAction = "CREATE" | "DELETE" | "UPSERT";

export interface RecordChange {
  readonly action: ChangeAction;
  readonly set: RecordSet;
}

/** What a zone is, as far as its changes are concerned. */
export interface ZoneFacts {
  readonly id: string;
  readonly name: RecordName;
  /** Every set that stands at a name of the batch, or at the target of an alias in it. */
  readonly standing: readonly RecordSet[];
  /** Whether a name outside this zone is one that an alias may point to, in the zone of that id. */
  readonly isAliasTarget: (alias: RecordAlias) => "found" | "not-found" | "not-in-zone";
}

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
  if (problems.length === 0) problems.push(...changes.flatMap((change) => placeProblems(change, zone, after)));
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
      else if (!isSame(found, set)) {
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

/** What is wrong with a change by itself, wherever it is made. */
function shapeProblems({ action, set }: RecordChange, zone: ZoneFacts): readonly string[] {
  const { name, type, content } = set;
  const atApex = name === zone.name;
  const whose = `RRSet of type ${type} with DNS name ${name}`;
  const problems: string[] = [];
  if (!isWithin(name, zone.name)) return [`RRSet with DNS name ${name} is not permitted in zone ${zone.name}`];
  if ((type === "CNAME" || type === "DS") && atApex) {
    problems.push(`${whose} is not permitted at apex in zone ${zone.name}`);
  }
  if (type === "SOA" && !atApex) problems.push(`${whose} is not permitted below the apex in zone ${zone.name}`);
  if (type === "NS" && isWildcard(name)) problems.push(`${whose} is not permitted as a wildcard`);
  if (action === "DELETE") return problems;
  if (content.kind === "alias") {
    if (type === "NS" || type === "SOA") problems.push(`${whose} can not be an alias`);
    return problems;
  }
  for (const value of content.values) {
    const problem = valueProblem(type, value);
    if (problem) problems.push(`Invalid Resource Record: 'FATAL problem: ${problem} encountered with '${value}''`);
  }
  const forms = content.values.map((value) => valueForm(type, value));
  for (const [at, form] of forms.entries()) {
    if (forms.indexOf(form) < at) problems.push(`Duplicate Resource Record: '${content.values[at]}'`);
  }
  if ((type === "CNAME" || type === "SOA") && content.values.length > 1) {
    problems.push(`${whose} can have only one resource record`);
  }
  return problems;
}

/** What a change would break in the zone as it stands after the batch. */
function placeProblems(
  { action, set: { name, type, content } }: RecordChange,
  zone: ZoneFacts,
  after: ReadonlyMap<string, RecordSet>,
): readonly string[] {
  if (name === zone.name && !after.has(setKey({ name, type }))) {
    if (type === "SOA") return ["A HostedZone must contain exactly one SOA record."];
    if (type === "NS") return ["A HostedZone must contain at least one NS record for the zone itself."];
  }
  if (action === "DELETE") return [];
  const whose = `RRSet of type ${type} with DNS name ${name} is not permitted`;
  if (type === "CNAME" && [...after.values()].some((other) => other.name === name && other.type !== "CNAME")) {
    return [`${whose} as it conflicts with other records with the same DNS name in zone ${zone.name}`];
  }
  if (type !== "CNAME" && after.has(setKey({ name, type: "CNAME" }))) {
    const reason = "because a conflicting RRSet of type CNAME with the same DNS name already exists";
    return [`${whose} ${reason} in zone ${zone.name}`];
  }
  return content.kind === "alias" ? aliasProblems(content, { name, type }, zone, after) : [];
}

function aliasProblems(
  alias: RecordAlias,
  { name, type }: Pick<RecordSet, "name" | "type">,
  zone: ZoneFacts,
  after: ReadonlyMap<string, RecordSet>,
): readonly string[] {
  const tried = `Tried to create an alias that targets ${alias.target}, type ${type} in zone ${alias.zoneId}`;
  if (alias.zoneId === zone.id) {
    if (alias.target === name) return [`${tried}, but an alias can not target itself`];
    if (!isWithin(alias.target, zone.name)) {
      return [`${tried}, but the alias target name does not lie within the target zone`];
    }
    return after.has(setKey({ name: alias.target, type })) ? [] : [`${tried}, but that target was not found`];
  }
  if (type !== "A" && type !== "AAAA") return [`${tried}, but that target has only addresses`];
  switch (zone.isAliasTarget(alias)) {
    case "found":
      return [];
    case "not-found":
      return [`${tried}, but that target was not found`];
    case "not-in-zone":
      return [`${tried}, but the alias target name does not lie within the target zone`];
  }
}

/** Whether two sets say the same: AWS deletes only what is named exactly. The order of values says nothing. */
function isSame(a: RecordSet, b: RecordSet): boolean {
  if (a.content.kind === "alias" || b.content.kind === "alias") return isSameAlias(a.content, b.content);
  const forms = ({ type }: RecordSet, values: readonly string[]) =>
    values.map((value) => valueForm(type, value)).sort();
  return (
    a.content.ttl === b.content.ttl &&
    JSON.stringify(forms(a, a.content.values)) === JSON.stringify(forms(b, b.content.values))
  );
}

function isSameAlias(a: RecordSet["content"], b: RecordSet["content"]): boolean {
  return (
    a.kind === "alias" &&
    b.kind === "alias" &&
    a.target === b.target &&
    a.zoneId === b.zoneId &&
    a.evaluateTargetHealth === b.evaluateTargetHealth
  );
}

/** Equal for values that mean the same. */
function valueForm(type: RecordType, value: string): string {
  return valueProblem(type, value) === undefined
    ? rdata(type, value).toString("hex")
    : fieldsOf(value).map(comparable).join(" ");
}
