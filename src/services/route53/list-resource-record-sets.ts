import { listRecordSets } from "#dns/change-record-sets.ts";
import { invalidInput } from "./errors.ts";
import type { Route53Operation } from "./operation.ts";
import { pageSize, readStartName, readZoneId, shownRecordSet } from "./wire.ts";

/** https://docs.aws.amazon.com/Route53/latest/APIReference/API_ListResourceRecordSets.html */
export const ListResourceRecordSets: Route53Operation<"ListResourceRecordSets"> = async (input, { account }, deps) => {
  const { StartRecordName, StartRecordType, StartRecordIdentifier } = input;
  if (StartRecordType !== undefined && StartRecordName === undefined) {
    throw invalidInput("The request is not valid because StartRecordType needs StartRecordName.");
  }
  if (StartRecordIdentifier !== undefined && StartRecordType === undefined) {
    throw invalidInput(
      "The request is not valid because StartRecordIdentifier needs StartRecordName and StartRecordType.",
    );
  }
  const from =
    StartRecordName === undefined
      ? undefined
      : { name: readStartName("StartRecordName", StartRecordName), type: StartRecordType ?? "" };
  const size = pageSize(input.MaxItems, 300);
  const sets = await listRecordSets({ account, zoneId: readZoneId(input.HostedZoneId) }, from, size + 1, deps);
  const next = sets[size];
  return {
    ResourceRecordSets: sets.slice(0, size).map(shownRecordSet),
    IsTruncated: next !== undefined,
    ...(next && { NextRecordName: next.name, NextRecordType: next.type }),
    MaxItems: size,
  };
};
