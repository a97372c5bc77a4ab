import { valueProblem } from "./rdata/rdata.ts";
import type { RecordChange, ZoneFacts } from "./record-change.ts";
import { isWildcard, isWithin, type RecordName } from "./record-name.ts";
import { type RecordAlias, type RecordSet, setKey } from "./record-set.ts";
import { valueForm } from "./same-set.ts";

/** What is wrong with a change by itself, wherever it is made. */
export function shapeProblems({ action, set }: RecordChange, zone: ZoneFacts): readonly string[] {
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

/** What the changes would break in the zone as it stands after the batch. */
export function placeProblems(
  changes: readonly RecordChange[],
  zone: ZoneFacts,
  after: ReadonlyMap<string, RecordSet>,
): readonly string[] {
  const others = new Set([...after.values()].filter(({ type }) => type !== "CNAME").map(({ name }) => name));
  return changes.flatMap((change) => placeProblemsOf(change, zone, { sets: after, others }));
}

interface ZoneAfter {
  readonly sets: ReadonlyMap<string, RecordSet>;
  /** Names at which something other than a CNAME stands. */
  readonly others: ReadonlySet<RecordName>;
}

function placeProblemsOf(
  { action, set: { name, type, content } }: RecordChange,
  zone: ZoneFacts,
  after: ZoneAfter,
): readonly string[] {
  if (name === zone.name && !after.sets.has(setKey({ name, type }))) {
    if (type === "SOA") return ["A HostedZone must contain exactly one SOA record."];
    if (type === "NS") return ["A HostedZone must contain at least one NS record for the zone itself."];
  }
  if (action === "DELETE") return [];
  const whose = `RRSet of type ${type} with DNS name ${name} is not permitted`;
  if (type === "CNAME" && after.others.has(name)) {
    return [`${whose} as it conflicts with other records with the same DNS name in zone ${zone.name}`];
  }
  if (type !== "CNAME" && after.sets.has(setKey({ name, type: "CNAME" }))) {
    const reason = "because a conflicting RRSet of type CNAME with the same DNS name already exists";
    return [`${whose} ${reason} in zone ${zone.name}`];
  }
  return content.kind === "alias" ? aliasProblems(content, { name, type }, zone, after.sets) : [];
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
