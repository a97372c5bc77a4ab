import type { CaDeps } from "#ca/deps.ts";
import { REVOCATION_REASONS, type RevocationReason, revokeSerial } from "#ca/revocation.ts";
import { sealPurpose } from "#ca/signers.ts";
import { chooseIssuer } from "#domain/hierarchy/choose-issuer.ts";
import { type IssuerEvent, type IssuerRole, stateAfter } from "#domain/hierarchy/issuer-state.ts";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import { changeIssuer, listCandidates } from "#store/hierarchies.ts";
import { findIssuer, type IssuerRow } from "#store/issuers.ts";
import type { Tx } from "#store/store.ts";
import { HierarchyError } from "./error.ts";
import { caAct } from "./make.ts";
import { promiseChains, promiseSettling } from "./promise.ts";
import { settle } from "./settle.ts";

/** An intermediate that stands by signs from `at` on; the one before it retires then. Throws HierarchyError. */
export async function activateIssuer(id: string, at: Date, { store, clock }: ChangeDeps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const row = await expectIssuer(tx, id);
    await scheduleIssuer(tx, id, at, clock);
    await promiseSettling(tx, row.hierarchy, at);
    await settle(tx, row.hierarchy, clock);
  });
}

/** The same in a transaction, without the promise to write down what follows. */
export async function scheduleIssuer(tx: Tx, id: string, at: Date, clock: Clock): Promise<void> {
  const row = await expectIssuer(tx, id);
  expectPossible("activated", row);
  if (roleOf(row) === "root") {
    throw new HierarchyError(
      `${id} is a root: it becomes the current one when the intermediates below it are activated`,
    );
  }
  const root = await expectIssuer(tx, row.parentId);
  if (root.state === "distrusted") throw new HierarchyError(`${id} stands under ${root.id}, which is distrusted`);
  if (row.notAfter <= at.getTime()) throw new HierarchyError(`${id} ends ${new Date(row.notAfter).toISOString()}`);
  if (!(await changeIssuer(tx, id, "standby", { state: "standby", activeFrom: at.getTime() }))) throw elsewhere(id);
  await recordIn(tx, caAct("ScheduleIssuer", sealPurpose(id), { from: at.toISOString() }), clock);
}

/** An intermediate signs no more; its CRL and its OCSP answers go on. Throws HierarchyError where nobody would sign then. */
export async function retireIssuer(id: string, { store, clock }: ChangeDeps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const row = await expectIntermediate(tx, id);
    expectPossible("retired", row);
    await expectAnother(tx, row, clock.now());
    if (!(await changeIssuer(tx, id, row.state, { state: "retired" }))) throw elsewhere(id);
    await recordIn(tx, caAct("RetireIssuer", sealPurpose(id)), clock);
  });
}

/**
 * Revokes an intermediate, and so everything that it signed: its root's CRL names it. Throws HierarchyError where nobody
 * would sign then. Answers whether the root's key is offline, so that the CRL waits for a ceremony.
 */
export async function revokeIssuer(
  id: string,
  reason: RevocationReason,
  { store, clock }: ChangeDeps,
): Promise<{ readonly needsCeremony: boolean; readonly rootId: string; readonly serial: string }> {
  return await store.transaction().execute(async (tx) => {
    const row = await expectIntermediate(tx, id);
    expectPossible("revoked", row);
    await expectAnother(tx, row, clock.now());
    if (!(await changeIssuer(tx, id, row.state, { state: "revoked" }))) throw elsewhere(id);
    await revokeSerial(tx, { issuerId: row.parentId, serial: row.serial, reason }, { clock });
    await recordIn(tx, caAct("RevokeIssuer", sealPurpose(id), { reason }), clock);
    const root = await findIssuer(tx, row.parentId);
    return { needsCeremony: root?.keyState !== "here", rootId: row.parentId, serial: row.serial };
  });
}

/**
 * A root is trusted no more: it leaves the bundle and the chains. Only one that no intermediate needs: all that sign must
 * be under another root. Throws HierarchyError.
 */
export async function distrustRoot(id: string, { store, clock }: ChangeDeps): Promise<void> {
  await store.transaction().execute(async (tx) => {
    const row = await expectIssuer(tx, id);
    if (roleOf(row) !== "root") throw new HierarchyError(`${id} is no root`);
    expectPossible("distrusted", row);
    const below = (await listCandidates(tx, row.hierarchy)).filter(({ parentId }) => parentId === id);
    if (below.length > 0) {
      throw new HierarchyError(
        `${below.map((one) => one.id).join(", ")} below it ${below.length === 1 ? "signs" : "sign"}, or stand by to: rotate and retire first`,
      );
    }
    if (!(await changeIssuer(tx, id, row.state, { state: "distrusted" }))) throw elsewhere(id);
    await recordIn(tx, caAct("DistrustRoot", sealPurpose(id)), clock);
    await promiseChains(tx, clock.now());
  });
}

export function roleOf({ id, parentId }: Pick<IssuerRow, "id" | "parentId">): IssuerRole {
  return id === parentId ? "root" : "intermediate";
}

/** Reads a reason as RFC 5280 writes it. Throws HierarchyError. */
export function readReason(text: string): RevocationReason {
  if (Object.hasOwn(REVOCATION_REASONS, text)) return text as RevocationReason;
  throw new HierarchyError(`"${text}" is no reason: it is one of ${Object.keys(REVOCATION_REASONS).join(", ")}`);
}

export type ChangeDeps = Pick<CaDeps, "store" | "clock">;

async function expectIssuer(tx: Tx, id: string): Promise<IssuerRow> {
  const row = await findIssuer(tx, id);
  if (!row) throw new HierarchyError(`the CA has no issuer ${id}: see ca list`);
  return row;
}

async function expectIntermediate(tx: Tx, id: string): Promise<IssuerRow> {
  const row = await expectIssuer(tx, id);
  if (roleOf(row) === "root") throw new HierarchyError(`${id} is a root: roots are not revoked, see ca distrust`);
  return row;
}

function expectPossible(event: IssuerEvent, row: IssuerRow): void {
  if (stateAfter(event, roleOf(row), row.state) !== undefined) return;
  throw new HierarchyError(`${row.id} is ${row.state}: it cannot be ${event}`);
}

/** Of what signs now, something must be left. */
async function expectAnother(tx: Tx, row: IssuerRow, now: Date): Promise<void> {
  const candidates = await listCandidates(tx, row.hierarchy);
  if (chooseIssuer(candidates, row.family, now)?.id !== row.id) return;
  if (
    chooseIssuer(
      candidates.filter(({ id }) => id !== row.id),
      row.family,
      now,
    )
  )
    return;
  throw new HierarchyError(`${row.id} is the only one that signs for ${row.family} keys: rotate first (ca rotate)`);
}

function elsewhere(id: string): HierarchyError {
  return new HierarchyError(`${id} was changed by somebody else a moment before: look again`);
}
