import { responderKeyName } from "#ca/responder.ts";
import { keyDestroyedAct } from "#custody/sealed-key-acts.ts";
import type { Caller } from "#domain/names.ts";
import { type RevocationConfiguration, withRevocation } from "#domain/private-ca/revocation-configuration.ts";
import { type CaStatus, checkState } from "#domain/private-ca/status.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import { DAY, later } from "#lib/duration.ts";
import { putJob } from "#store/jobs.ts";
import { deleteSomeIssued } from "#store/private-ca-certificates.ts";
import { deletePrivateRespondersBefore } from "#store/private-ca-records.ts";
import { changePrivateCa, deletePrivateCaRow, holdPrivateCa } from "#store/private-cas.ts";
import type { Tx } from "#store/store.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { arnOf, holdAuthority } from "./find.ts";

/** The task of the job that destroys a deleted CA for good; its subject is the CA's id. */
export const DESTROY_CA_TASK = "private-ca.destroy";

type ChangeDeps = Pick<PrivateCaDeps, "store" | "clock">;

/** What UpdateCertificateAuthority is asked for. */
export interface UpdateRequest {
  readonly status: CaStatus | undefined;
  readonly revocation: RevocationConfiguration | undefined;
}

/** Disables or enables a CA, or changes how its revocation is told. Throws `private-ca-args-invalid` and the state. */
export async function updateAuthority(
  arnText: string,
  { status: wanted, revocation }: UpdateRequest,
  caller: Caller,
  { store, clock }: ChangeDeps,
): Promise<void> {
  if (wanted !== undefined && wanted !== "ACTIVE" && wanted !== "DISABLED") {
    throw new Refusal("private-ca-args-invalid", `The status can be set to ACTIVE or DISABLED, not to ${wanted}.`);
  }
  await store.transaction().execute(async (tx) => {
    const { ca, arn, status } = await holdAuthority(tx, arnText, caller, { clock });
    checkState("update", arn, status);
    const present = JSON.parse(ca.revocation) as RevocationConfiguration;
    const moved = wanted !== undefined && wanted !== ca.status;
    await changePrivateCa(tx, ca.id, ca.status, {
      ...(moved ? { status: wanted } : {}),
      ...(moved || revocation ? { changedAt: clock.now().getTime() } : {}),
      revocation: JSON.stringify(revocation ? withRevocation(present, revocation) : present),
    });
  });
}

/**
 * Deletes a CA: it can be restored for `days` (7 to 30) and is destroyed afterwards, with its key and all records of what
 * it issued. One that was never made whole is destroyed at once. Throws the state.
 */
export async function deleteAuthority(
  arnText: string,
  days: number,
  caller: Caller,
  { store, clock }: ChangeDeps,
): Promise<void> {
  if (!Number.isInteger(days)) throw new Refusal("private-ca-args-invalid", `${days} is no whole number of days.`);
  await store.transaction().execute(async (tx) => {
    const { ca, arn, status } = await holdAuthority(tx, arnText, caller, { clock });
    checkState("delete", arn, status);
    const now = clock.now();
    const isWhole = status !== "CREATING" && status !== "FAILED";
    const destroyedAt = isWhole ? later(now, days * DAY) : now;
    await changePrivateCa(tx, ca.id, ca.status, {
      status: "DELETED",
      deletedFrom: ca.status,
      restorableUntil: destroyedAt.getTime(),
      changedAt: now.getTime(),
    });
    await putJob(tx, DESTROY_CA_TASK, ca.id, destroyedAt.getTime());
  });
}

/** Makes a deleted CA what it was: an active one is DISABLED, because it had to be. Throws the state. */
export async function restoreAuthority(arnText: string, caller: Caller, { store, clock }: ChangeDeps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const { ca, arn, status } = await holdAuthority(tx, arnText, caller, { clock });
    checkState("restore", arn, status);
    const now = clock.now().getTime();
    if (!ca.deletedFrom || (ca.restorableUntil ?? 0) <= now) {
      throw new Refusal("private-ca-state-forbids", `The restoration period of ${arn} is over.`);
    }
    await changePrivateCa(tx, ca.id, "DELETED", {
      status: ca.deletedFrom,
      deletedFrom: null,
      restorableUntil: null,
      changedAt: now,
    });
  });
}

/** The job: destroys a CA whose time is over. The key goes first; the records of what it issued follow, some at a time. */
export async function destroyJob(
  id: string,
  { store, clock, signers }: Pick<PrivateCaDeps, "store" | "clock" | "signers">,
): Promise<Date | undefined> {
  const now = clock.now();
  const isDoomed = await store.transaction().execute((tx) => destroyKey(tx, id, clock));
  if (isDoomed !== true) return isDoomed;
  signers.forgetPrivateCa(id);
  if (await deleteSomeIssued(store, id, AT_ONCE)) return now;
  await store.transaction().execute((tx) => deletePrivateCaRow(tx, id));
  return undefined;
}

/** True when the CA is to be destroyed; else when to look again, if ever. */
async function destroyKey(tx: Tx, id: string, clock: Clock): Promise<true | Date | undefined> {
  const now = clock.now();
  const ca = await holdPrivateCa(tx, id);
  if (ca?.status !== "DELETED") return undefined; // restored since
  if ((ca.restorableUntil ?? 0) > now.getTime()) return new Date(ca.restorableUntil ?? 0);
  const arn = arnOf(ca);
  if (ca.sealedKey) {
    await changePrivateCa(tx, id, "DELETED", { sealedKey: null });
    await recordIn(tx, keyDestroyedAct({ resource: arn, owner: ca }), clock);
  }
  for (const number of await deletePrivateRespondersBefore(tx, id, Number.MAX_SAFE_INTEGER)) {
    await recordIn(tx, keyDestroyedAct({ resource: responderKeyName(id, number), of: arn, owner: ca }), clock);
  }
  return true;
}

const AT_ONCE = 1000;
