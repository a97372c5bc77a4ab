import type { CaDeps } from "#ca/deps.ts";
import { sealPurpose } from "#ca/signers.ts";
import { chooseIssuer, KEY_FAMILIES } from "#domain/hierarchy/choose-issuer.ts";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import { changeIssuer, listCandidates, listTrustedRoots, serveHierarchy } from "#store/hierarchies.ts";
import type { Tx } from "#store/store.ts";
import { caAct } from "./make.ts";

/**
 * Writes down what a rollover's moment has changed: the intermediates that sign now become active, those before them
 * retire, and the root of the new ones becomes the current one. Harmless to repeat: who signs does not depend on it.
 * Answers when the next moment is.
 */
export async function settleHierarchy(
  hierarchy: string,
  { store, clock }: Pick<CaDeps, "store" | "clock">,
): Promise<Date | undefined> {
  return await store.transaction().execute((tx) => settle(tx, hierarchy, clock));
}

/** The same, in the transaction that changed something. */
export async function settle(tx: Tx, hierarchy: string, clock: Clock): Promise<Date | undefined> {
  const now = clock.now();
  const candidates = await listCandidates(tx, hierarchy);
  const chosen = KEY_FAMILIES.flatMap((family) => chooseIssuer(candidates, family, now) ?? []);
  for (const { id, state, activeFrom } of chosen) {
    if (state === "standby" && (await changeIssuer(tx, id, "standby", { state: "active", activeFrom }))) {
      await recordIn(tx, caAct("ActivateIssuer", sealPurpose(id)), clock);
    }
  }
  const chosenIds = new Set(chosen.map(({ id }) => id));
  const families = new Set(chosen.map(({ family }) => family));
  for (const { id, family, state, activeFrom } of candidates) {
    const isPast = state === "active" || (activeFrom !== null && activeFrom <= now.getTime());
    if (chosenIds.has(id) || !families.has(family) || !isPast) continue;
    if (await changeIssuer(tx, id, state, { state: "retired" }))
      await recordIn(tx, caAct("RetireIssuer", sealPurpose(id)), clock);
  }
  await settleRoots(tx, hierarchy, new Set(chosen.map(({ parentId }) => parentId)), clock);
  if (chosen.length === KEY_FAMILIES.length) await serveHierarchy(tx, hierarchy, now.getTime());
  const moments = candidates.flatMap(({ state, activeFrom }) =>
    state === "standby" && activeFrom !== null && activeFrom > now.getTime() ? [activeFrom] : [],
  );
  return moments.length === 0 ? undefined : new Date(Math.min(...moments));
}

/** The current root is the one of all intermediates that sign; while they are of two, it stays what it was. */
async function settleRoots(tx: Tx, hierarchy: string, inUse: ReadonlySet<string>, clock: Clock): Promise<void> {
  const [current, ...others] = inUse;
  if (current === undefined || others.length > 0) return;
  const roots = await listTrustedRoots(tx, hierarchy);
  const own = roots.find(({ id }) => id === current);
  if (!own || own.state === "active") return;
  for (const { id, state } of roots) {
    if (state !== "active") continue;
    if (await changeIssuer(tx, id, "active", { state: "retired" }))
      await recordIn(tx, caAct("RetireRoot", sealPurpose(id)), clock);
  }
  const activeFrom = clock.now().getTime();
  if (await changeIssuer(tx, own.id, own.state, { state: "active", activeFrom })) {
    await recordIn(tx, caAct("ActivateRoot", sealPurpose(own.id)), clock);
  }
}
