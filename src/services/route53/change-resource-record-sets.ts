import type * as sdk from "@aws-sdk/client-route-53";
import { AwsError } from "#aws/service.ts";
import { changeRecordSets } from "#dns/change-record-sets.ts";
import type { RecordChange } from "#domain/zones/record-change.ts";
import { NAME_PROBLEMS, type RecordName, readRecordName } from "#domain/zones/record-name.ts";
import type { RecordSet } from "#domain/zones/record-set.ts";
import { invalidInput } from "./errors.ts";
import type { Route53Input, Route53Operation } from "./operation.ts";
import { readZoneId, shownChange } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ChangeResourceRecordSets.html */
export const ChangeResourceRecordSets: Route53Operation<"ChangeResourceRecordSets"> = async (
  { HostedZoneId, ChangeBatch },
  { account },
  deps,
) => {
  const changes = ChangeBatch.Changes.map(readChange);
  checkSize(changes);
  const batch = { account, zoneId: readZoneId(HostedZoneId), comment: ChangeBatch.Comment, changes };
  return { ChangeInfo: shownChange(await changeRecordSets(batch, deps)) };
};

type Change = Route53Input<"ChangeResourceRecordSets">["ChangeBatch"]["Changes"][number];

function readChange(change: Change): RecordChange {
  const { Action: action, ResourceRecordSet: set } = change;
  const content = readContent(change);
  return { action, set: { name: readName(set.Name), type: set.Type, content } };
}

/** An alias, or a TTL with values: one of the two. Simple routing is all there is. */
function readContent(change: Change): RecordSet["content"] {
  const { AliasTarget: alias, TTL: ttl, ResourceRecords: records, ...others } = change.ResourceRecordSet;
  const shown = describe(change);
  const routing = ROUTING.find((member) => others[member] !== undefined);
  if (routing) throw invalidInput(`Only simple routing is offered: leave ${routing} out of the ${shown}`);
  const expected =
    "Expected exactly one of [AliasTarget, all of [TTL, and ResourceRecords], or TrafficPolicyInstanceId]";
  if (alias) {
    if (ttl !== undefined || records) {
      throw invalidInput(`Invalid request: ${expected}, but found more than one in ${shown}`);
    }
    return {
      kind: "alias",
      target: readName(alias.DNSName),
      zoneId: readZoneId(alias.HostedZoneId),
      evaluateTargetHealth: alias.EvaluateTargetHealth,
    };
  }
  if (ttl === undefined || !records) throw invalidInput(`Invalid request: ${expected}, but found none in ${shown}`);
  if (!Number.isInteger(ttl)) throw invalidInput(`Invalid request: TTL ${ttl} is not a whole number in ${shown}`);
  return { kind: "values", ttl, values: records.map(({ Value }) => Value) };
}

function readName(text: string): RecordName {
  const read = readRecordName(text);
  if ("name" in read) return read.name;
  const problem = `${read.problem} (${NAME_PROBLEMS[read.problem]})`;
  throw new AwsError("InvalidChangeBatch", `[FATAL problem: ${problem} encountered with '${text}']`);
}

/** https://docs.aws.amazon.com/Route53/latest/DeveloperGuide/DNSLimitations.html: an UPSERT counts twice. */
function checkSize(changes: readonly RecordChange[]): void {
  let records = 0;
  let characters = 0;
  for (const { action, set } of changes) {
    const times = action === "UPSERT" ? 2 : 1;
    const values = set.content.kind === "values" ? set.content.values : [];
    records += times * Math.max(1, values.length);
    characters += times * values.reduce((sum, value) => sum + value.length, 0);
  }
  if (records > MOST_RECORDS) throw tooLarge("records", MOST_RECORDS);
  if (characters > MOST_CHARACTERS) throw tooLarge("characters", MOST_CHARACTERS);
}

function tooLarge(what: string, most: number): AwsError {
  return new AwsError("InvalidChangeBatch", `[Number of ${what} limit of ${most} exceeded.]`);
}

function describe({ Action, ResourceRecordSet: { Name, Type, SetIdentifier } }: Change): string {
  return `Change with [Action=${Action}, Name=${Name}, Type=${Type}, SetIdentifier=${SetIdentifier ?? "null"}]`;
}

const ROUTING = [
  "SetIdentifier",
  "Weight",
  "Region",
  "GeoLocation",
  "GeoProximityLocation",
  "Failover",
  "MultiValueAnswer",
  "CidrRoutingConfig",
  "HealthCheckId",
  "TrafficPolicyInstanceId",
] as const satisfies readonly (keyof sdk.ResourceRecordSet)[];

const MOST_RECORDS = 1000;
const MOST_CHARACTERS = 32_000;
