import type * as sdk from "@aws-sdk/client-route-53";
import { type HostedZone, nameServersOf } from "#domain/zones/hosted-zone.ts";
import { parseRecordName, type RecordName } from "#domain/zones/record-name.ts";
import type { RecordSet } from "#domain/zones/record-set.ts";
import { invalidInput } from "./errors.ts";
import type { Route53Deps } from "./operation.ts";

/** Ids come with or without the path they are shown with. */
export function readZoneId(id: string): string {
  return id.replace(/^\/?hostedzone\//, "");
}

export function readChangeId(id: string): string {
  return id.replace(/^\/?change\//, "");
}

/** A name to start a list at. */
export function readStartName(member: string, text: string): RecordName {
  const name = parseRecordName(text);
  if (!name) throw invalidInput(`${member} '${text}' is not a domain name.`);
  return name;
}

/** How many items a page may have: what is asked for, but never more than AWS gives. */
export function pageSize(asked: number | undefined, most: number): number {
  if (asked !== undefined && !Number.isInteger(asked)) throw invalidInput(`MaxItems ${asked} is not a whole number.`);
  return Math.min(asked ?? most, most);
}

export function shownZone(zone: HostedZone): sdk.HostedZone {
  return {
    Id: shownZoneId(zone),
    Name: zone.name,
    CallerReference: zone.callerReference,
    Config: { ...(zone.comment === "" ? {} : { Comment: zone.comment }), PrivateZone: false },
    ResourceRecordSetCount: zone.recordSetCount,
  };
}

export function shownZoneId({ id }: Pick<HostedZone, "id">): string {
  return `/hostedzone/${id}`;
}

/** AWS shows name servers without the last dot. */
export function shownDelegationSet({ id }: Pick<HostedZone, "id">, { product }: Route53Deps): sdk.DelegationSet {
  return { NameServers: nameServersOf(id, product.name).map((server) => server.slice(0, -1)) };
}

/** A change is in effect on every name server as soon as it is stored: they all read the same store. */
export function shownChange(change: {
  readonly id: string;
  readonly submittedAt: Date;
  readonly comment: string | undefined;
}): sdk.ChangeInfo {
  const { id, submittedAt, comment } = change;
  const shown = { Id: `/change/${id}`, Status: "INSYNC", SubmittedAt: submittedAt } as const;
  return comment === undefined ? shown : { ...shown, Comment: comment };
}

export function shownRecordSet({ name, type, content }: RecordSet): sdk.ResourceRecordSet {
  if (content.kind === "values") {
    return {
      Name: name,
      Type: type,
      TTL: content.ttl,
      ResourceRecords: content.values.map((Value) => ({ Value })),
    };
  }
  const { target, zoneId, evaluateTargetHealth } = content;
  return {
    Name: name,
    Type: type,
    AliasTarget: { HostedZoneId: zoneId, DNSName: target, EvaluateTargetHealth: evaluateTargetHealth },
  };
}
