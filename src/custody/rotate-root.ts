import { recordIn } from "#journal/journal.ts";
import { later, type Millis, SECOND } from "#lib/duration.ts";
import {
  type CustodyNode,
  holdCustodyRoots,
  insertCustodyKey,
  insertCustodyWrap,
  listCustodyKeys,
  listCustodyNodes,
  listCustodyRoots,
  putKeyInForce,
  removeLeavingKey,
} from "#store/custody-roots.ts";
import type { Db } from "#store/store.ts";
import { NODE_GONE } from "./custodian.ts";
import type { KeyRing } from "./key-ring.ts";
import { type MoveDeps, RootChangeRefused } from "./move-root.ts";
import { resealAll } from "./reseal.ts";
import { rootAct } from "./root-acts.ts";

export interface RotateDeps extends MoveDeps {
  readonly pause: (time: Millis) => Promise<void>;
  /** Told what it waits for, or does. */
  readonly tell: (what: string) => void;
}

/** What a rotation did. */
export interface Rotated {
  /** The custody key in force. */
  readonly keyId: string;
  /** How many values this run sealed anew. */
  readonly resealed: number;
}

/**
 * Replaces the custody key under which everything is sealed, while nodes serve. Each step is one commit, and a run that
 * was killed is gone on with by the next: a key is made and every node learns it; it comes into force; every node seals
 * under it; all that is sealed under the one before is sealed anew, until nothing is left; only then that one is destroyed.
 */
export async function rotateRoot(deps: RotateDeps): Promise<Rotated> {
  const { store, ring, tell } = deps;
  await ring.refresh();
  const keys = await keysOf(deps);
  if (!keys.leaving) {
    const coming = keys.coming ?? (await announce(deps));
    tell(`custody key ${coming} is made; waiting until every node knows it`);
    await nodesAre(({ newest }) => newest === coming, deps);
    await store.transaction().execute(async (tx) => {
      if (!(await putKeyInForce(tx, deps.clock.now()))) return;
      await recordIn(tx, rootAct("RotateRoot", coming), deps.clock);
    });
  }
  await ring.refresh();
  const { current, leaving } = await keysOf(deps);
  if (!current) throw new Error("no custody key is in force");
  if (!leaving) return { keyId: current, resealed: 0 };
  let resealed = 0;
  for (;;) {
    tell(`custody key ${current} is in force; waiting until every node seals under it`);
    await nodesAre(({ sealing }) => sealing === current, deps);
    tell(`sealing anew what is sealed under ${leaving}`);
    resealed += await untilNothingIsLeft(leaving, deps);
    // What was sealed before a node learned of the new key may be committed a moment later.
    if ((await nodesThere(deps)).length === 0) break;
    await deps.pause(SETTLE);
    await nodesAre(({ sealing }) => sealing === current, deps);
    const late = await untilNothingIsLeft(leaving, deps);
    resealed += late;
    if (late === 0) break;
  }
  await store.transaction().execute(async (tx) => {
    if (!(await removeLeavingKey(tx, leaving))) return;
    await recordIn(tx, rootAct("DestroyRootKey", leaving, { replacedBy: current }), deps.clock);
  });
  await ring.refresh();
  return { keyId: current, resealed };
}

async function announce({ store, vault, clock, ring }: RotateDeps): Promise<string> {
  await refuseWhileMoved(store, ring);
  const made = await vault.newKey(0);
  const now = clock.now();
  try {
    await store.transaction().execute(async (tx) => {
      await holdCustodyRoots(tx);
      await refuseWhileMoved(tx, ring);
      if (!(await insertCustodyKey(tx, { id: made.keyId, state: "coming" }, now))) return;
      await insertCustodyWrap(tx, { root: ring.rootFingerprint, ...made });
      const detail = { seals: "keys", wrappedBy: ring.rootFingerprint };
      await recordIn(tx, rootAct("CreateRootKey", made.keyId, detail), clock);
    });
  } catch (error) {
    await vault.forget(made.keyId);
    throw error;
  }
  await ring.refresh();
  const { coming } = await keysOf({ store, ring });
  if (coming === undefined) throw new RootChangeRefused("another rotation came first: do it again");
  if (coming !== made.keyId) await vault.forget(made.keyId);
  return coming;
}

/** A key that only one of two roots wraps could not be opened by the other. */
async function refuseWhileMoved(db: Db, ring: KeyRing): Promise<void> {
  const roots = await listCustodyRoots(db);
  if (roots.length > 1) throw new RootChangeRefused("a move is not finished: sealkeeper root finish comes first");
  const [root] = roots;
  if (root?.fingerprint !== ring.rootFingerprint) {
    throw new RootChangeRefused(`the root of custody was moved: give this command the new one, ${root?.fingerprint}`);
  }
}

async function keysOf({
  store,
  ring,
}: Pick<RotateDeps, "store" | "ring">): Promise<Partial<Record<"coming" | "current" | "leaving" | "token", string>>> {
  const keys = await listCustodyKeys(store, ring.rootFingerprint);
  return Object.fromEntries(keys.map(({ state, id }) => [state, id]));
}

/** Waits until this is so of every node that is there. One that ended, or that is cut off, seals nothing after its lease. */
async function nodesAre(
  wanted: (node: CustodyNode) => boolean,
  { store, clock, pause, tell }: RotateDeps,
): Promise<void> {
  for (let looks = 0; ; looks++) {
    const nodes = await nodesThere({ store, clock });
    const behind = nodes.filter((node) => !wanted(node));
    if (behind.length === 0) return;
    if (looks % 10 === 9) tell(`still waiting for node ${behind.map(({ node }) => node).join(", ")}`);
    await pause(SECOND);
  }
}

async function nodesThere({ store, clock }: Pick<RotateDeps, "store" | "clock">): Promise<readonly CustodyNode[]> {
  return await listCustodyNodes(store, later(clock.now(), -NODE_GONE));
}

async function untilNothingIsLeft(keyId: string, deps: RotateDeps): Promise<number> {
  for (let all = 0; ; ) {
    const count = await resealAll(keyId, deps);
    if (count === 0) return all;
    all += count;
  }
}

const SETTLE: Millis = 30 * SECOND;
