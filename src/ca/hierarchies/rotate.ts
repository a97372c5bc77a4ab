import type { CaDeps } from "#ca/deps.ts";
import { INTERMEDIATES, ROOT_VALIDITY } from "#ca/profiles.ts";
import type { Issuer } from "#ca/signers.ts";
import { KEY_FAMILIES, type KeyFamily } from "#domain/hierarchy/choose-issuer.ts";
import { MOST_TRUSTED } from "#domain/hierarchy/way-up.ts";
import type { KeyAlgorithm } from "#lib/x509-algorithms.ts";
import { listIssuersOf, listTrustedRoots } from "#store/hierarchies.ts";
import type { IssuerRow, NewIssuer } from "#store/issuers.ts";
import { scheduleIssuer } from "./change.ts";
import { HierarchyError } from "./error.ts";
import {
  type CrossSubject,
  generateKey,
  issuerRow,
  keepCas,
  type MadeCa,
  makeCross,
  makeIntermediate,
  makeRoot,
} from "./make.ts";
import { commonNameOf, expectHierarchy, freeIds } from "./numbers.ts";
import { promiseChains, promiseSettling } from "./promise.ts";
import { settle } from "./settle.ts";

/** What a rollover will do, and what is left to a ceremony. */
export interface Rollover {
  /** The ids of the CAs that take over. */
  readonly successors: readonly string[];
  readonly at: Date;
  /** Roots whose keys are offline: they have not cross-signed the new one yet. */
  readonly waitingFor: readonly string[];
}

/**
 * New intermediates take over at `at`: those that stand by, and new ones for families where none does. What the old ones
 * signed stays valid; their CRLs and OCSP go on. Throws HierarchyError.
 */
export async function rotateIntermediates(
  hierarchy: string,
  { families = KEY_FAMILIES, at }: { readonly families?: readonly KeyFamily[]; readonly at: Date },
  deps: CaDeps,
): Promise<Rollover> {
  const { store, clock } = deps;
  await expectHierarchy(store, hierarchy);
  const waiting = standingBy(await listIssuersOf(store, hierarchy));
  const missing = families.filter((family) => !waiting.some((one) => one.family === family));
  const made = missing.length === 0 ? [] : await intermediatesOf(hierarchy, missing, deps);
  return await store.transaction().execute(async (tx) => {
    await keep(tx, { issuers: made, crosses: [] }, clock);
    const successors = families.flatMap(
      (family) => [...waiting, ...made].find((one) => one.family === family)?.id ?? [],
    );
    for (const id of successors) await scheduleIssuer(tx, id, at, clock);
    await promiseSettling(tx, hierarchy, at);
    await settle(tx, hierarchy, clock);
    return { successors, at, waitingFor: [] };
  });
}

/** Makes intermediates ahead, under the current root; they wait for `activate` or `rotate`. Throws HierarchyError. */
export async function addIntermediates(
  hierarchy: string,
  families: readonly KeyFamily[],
  deps: CaDeps,
): Promise<readonly string[]> {
  await expectHierarchy(deps.store, hierarchy);
  const made = await intermediatesOf(hierarchy, families, deps);
  await deps.store.transaction().execute((tx) => keep(tx, { issuers: made, crosses: [] }, deps.clock));
  return made.map(({ id }) => id);
}

/**
 * A new root with intermediates of its own takes over at `at`. It and the roots before it certify one another, so that
 * clients find their way from old leafs and new ones alike, whichever of the roots they know; chains that are served say
 * so from now on. Roots whose keys are offline do their part in a ceremony: then the new ones stand by until `activate`.
 * Throws HierarchyError.
 */
export async function rotateRoot(
  hierarchy: string,
  { key = "EC_secp384r1", at }: { readonly key?: KeyAlgorithm; readonly at: Date },
  deps: CaDeps,
): Promise<Rollover> {
  const { store, clock, ids, signers } = deps;
  await expectHierarchy(store, hierarchy);
  const now = clock.now();
  const before = await listTrustedRoots(store, hierarchy);
  expectRoomForRoot(before.length);
  const unfinished = before.find(({ state }) => state === "standby");
  if (unfinished)
    throw new HierarchyError(`the root ${unfinished.id} stands by already: activate its intermediates, or distrust it`);
  const free = await freeIds(store, hierarchy);
  const tag = ids.hex(2);
  const own = free("r");
  const [rootKey, ...keys] = await Promise.all(
    [key, ...KEY_FAMILIES.map((family) => INTERMEDIATES[family].key)].map(generateKey),
  );
  if (!rootKey) throw new Error("no key was made for the root");
  const named = { id: own.id, commonName: commonNameOf(hierarchy, "Root R", own.number, tag) };
  const root = makeRoot({ ...named, key, validity: ROOT_VALIDITY }, rootKey, now);
  const elders = await Promise.all(
    before.filter(({ keyState }) => keyState === "here").map(({ id }) => signers.issuer(store, id)),
  );
  const crosses = elders.flatMap((elder) => crossBothWays(root.issuer, elder, now, signers.caUrl));
  const waitingFor = before.filter(({ keyState }) => keyState !== "here").map(({ id }) => id);
  const activeFrom = waitingFor.length === 0 ? at.getTime() : null;
  const row = (made: MadeCa, from: number | null): NewIssuer =>
    issuerRow(made, { hierarchy, state: "standby", activeFrom: from }, signers.root);
  const intermediates = KEY_FAMILIES.flatMap((family, index) => {
    const { kind, ...as } = INTERMEDIATES[family];
    const { id, number } = free(kind);
    const intermediate = { ...as, id, commonName: commonNameOf(hierarchy, family, number, tag) };
    const own = keys[index];
    return own ? [row(makeIntermediate(intermediate, own, root.issuer, now, signers.caUrl), activeFrom)] : [];
  });
  await store.transaction().execute(async (tx) => {
    await keep(tx, { issuers: [row(root, null), ...intermediates], crosses }, clock);
    await promiseChains(tx, now);
    await promiseSettling(tx, hierarchy, at);
    await settle(tx, hierarchy, clock);
  });
  return { successors: [root.issuer.id, ...intermediates.map(({ id }) => id)], at, waitingFor };
}

/** Throws HierarchyError where a further root would be one too many. */
export function expectRoomForRoot(trusted: number): void {
  if (trusted < MOST_TRUSTED) return;
  throw new HierarchyError(`${trusted} roots are trusted already, and each stands in every chain: distrust one first`);
}

function crossBothWays(one: Issuer, other: Issuer, now: Date, caUrl: string): ReturnType<typeof makeCross>[] {
  const cross = (subject: CrossSubject, signer: Issuer): ReturnType<typeof makeCross> =>
    makeCross(subject, signer, now, caUrl);
  return [cross(one, other), cross(other, one)];
}

async function intermediatesOf(
  hierarchy: string,
  families: readonly KeyFamily[],
  { store, clock, ids, signers }: CaDeps,
): Promise<NewIssuer[]> {
  const roots = await listTrustedRoots(store, hierarchy);
  const current = roots.find(({ state }) => state === "active");
  if (!current)
    throw new HierarchyError(`the hierarchy ${hierarchy} has no root in use yet: see ca import-root and ca request`);
  if (current.keyState !== "here") {
    throw new HierarchyError(
      `the key of ${current.id} is offline: make requests with ca request, and sign them in a ceremony`,
    );
  }
  const parent = await signers.issuer(store, current.id);
  const free = await freeIds(store, hierarchy);
  const tag = ids.hex(2);
  return await Promise.all(
    families.map(async (family) => {
      const { kind, ...as } = INTERMEDIATES[family];
      const { id, number } = free(kind);
      const named = { ...as, id, commonName: commonNameOf(hierarchy, family, number, tag) };
      const made = makeIntermediate(named, await generateKey(as.key), parent, clock.now(), signers.caUrl);
      return issuerRow(made, { hierarchy, state: "standby", activeFrom: null }, signers.root);
    }),
  );
}

/** Those that were made ahead, under the current root or another, and have no moment yet: the oldest first. */
function standingBy(rows: readonly IssuerRow[]): IssuerRow[] {
  return rows.filter(
    ({ id, parentId, state, activeFrom }) => id !== parentId && state === "standby" && activeFrom === null,
  );
}

async function keep(...[tx, made, clock]: Parameters<typeof keepCas>): Promise<void> {
  if (await keepCas(tx, made, clock)) return;
  throw new HierarchyError("somebody else made a CA of the same name a moment before: try again");
}
