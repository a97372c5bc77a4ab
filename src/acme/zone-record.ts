import { changeRecordSets } from "#dns/change-record-sets.ts";
import type { ZoneDeps } from "#dns/zone-deps.ts";
import type { AcmeDomainFailure } from "#domain/acme/domain-validation.ts";
import type { AccountId } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { isWithin, parseRecordName, type RecordName } from "#domain/zones/record-name.ts";
import type { RecordSet } from "#domain/zones/record-set.ts";
import { type AcmeDomainValidation, deleteAcmeDomain, moveAcmeDomain } from "#store/acme-domain-validations.ts";
import { writeAcmeTags } from "#store/acme-tags.ts";
import { recordSetsAt } from "#store/record-sets.ts";
import { findZoneOf } from "#store/zones.ts";

/** Why the record could not be written, in ACM's words and for people. */
export interface ZoneFailure {
  readonly reason: AcmeDomainFailure;
  readonly message: string;
}

type Recorded = Pick<AcmeDomainValidation, "hostedZoneId" | "recordName" | "recordValue">;

/** Writes the CNAME of a domain validation into the account's hosted zone, unless it stands there; answers what is wrong. */
export async function writeZoneRecord(
  { hostedZoneId, recordName, recordValue }: Recorded,
  account: AccountId,
  deps: ZoneDeps,
): Promise<ZoneFailure | undefined> {
  if (hostedZoneId === null) return undefined;
  const zone = await findZoneOf(deps.store, account, hostedZoneId);
  if (!zone) return failure("HOSTED_ZONE_NOT_FOUND", `Account ${account} has no hosted zone ${hostedZoneId}.`);
  const name = parseRecordName(recordName);
  if (!name || !isWithin(name, zone.name)) {
    return failure(
      "DOMAIN_MISMATCH",
      `${recordName} does not lie within the hosted zone ${hostedZoneId} (${zone.name}).`,
    );
  }
  const [standing] = await recordSetsAt(deps.store, hostedZoneId, [name], ["CNAME"]);
  if (standing && holds(standing, recordValue)) return undefined;
  const content = { kind: "values", ttl: TTL, values: [recordValue] } as const;
  return await change("UPSERT", hostedZoneId, { name, type: "CNAME", content }, account, deps);
}

/** Removes it again, if it is there and as it was written. A zone that is gone or was changed is no fault. */
async function removeZoneRecord(
  { hostedZoneId, recordName, recordValue }: Recorded,
  account: AccountId,
  deps: ZoneDeps,
): Promise<void> {
  const name = parseRecordName(recordName);
  if (hostedZoneId === null || !name || !(await findZoneOf(deps.store, account, hostedZoneId))) return;
  const [standing] = await recordSetsAt(deps.store, hostedZoneId, [name], ["CNAME"]);
  if (standing && holds(standing, recordValue)) await change("DELETE", hostedZoneId, standing, account, deps);
}

/** Removes a domain validation with the record that was written for it, whatever its status is. */
export async function removeDomain(domain: AcmeDomainValidation, account: AccountId, deps: ZoneDeps): Promise<void> {
  await removeZoneRecord(domain, account, deps);
  await deps.store.transaction().execute(async (tx) => {
    await writeAcmeTags(tx, domain.arn, []);
    await moveAcmeDomain(tx, domain.arn, domain.status, { status: "DELETING" }, deps.clock.now().getTime());
    await deleteAcmeDomain(tx, domain.arn);
  });
}

async function change(
  action: "UPSERT" | "DELETE",
  zoneId: string,
  set: RecordSet & { readonly name: RecordName },
  account: AccountId,
  deps: ZoneDeps,
): Promise<ZoneFailure | undefined> {
  try {
    const comment = "written by ACM for an ACME domain validation";
    await changeRecordSets({ account, zoneId, comment, changes: [{ action, set }] }, deps);
    return undefined;
  } catch (error) {
    if (!(error instanceof Refusal)) throw error;
    return error.code === "zone-not-found"
      ? failure("HOSTED_ZONE_NOT_FOUND", error.message)
      : failure("INVALID_CHANGE_BATCH", error.message);
  }
}

function holds({ content }: RecordSet, value: string): boolean {
  const [only, ...more] = content.kind === "values" ? content.values : [];
  return more.length === 0 && only?.toLowerCase().replace(/\.$/, "") === value;
}

function failure(reason: AcmeDomainFailure, message: string): ZoneFailure {
  return { reason, message };
}

const TTL = 300;
