import { randomBytes } from "node:crypto";
import { recordIn } from "#journal/journal.ts";
import { later } from "#lib/duration.ts";
import {
  type CustodyRoot,
  holdCustodyRoots,
  insertCustodyWrap,
  insertNextRoot,
  keepRoot,
  listCustodyKeys,
  listCustodyNodes,
  listCustodyRoots,
  removeLeavingRoots,
} from "#store/custody-roots.ts";
import { NODE_GONE } from "./custodian.ts";
import type { KeyRing, RingDeps } from "./key-ring.ts";
import { rootAct } from "./root-acts.ts";
import type { RootKind } from "./wrapping-root.ts";

export interface MoveDeps extends RingDeps {
  readonly ring: KeyRing;
}

/** A change of the root that cannot be made now; the message says what to do first. */
export class RootChangeRefused extends Error {
  override readonly name = "RootChangeRefused";
}

/**
 * Lets the vault's root 1 open everything that root 0 opens: every custody key is wrapped by it, too, in one commit.
 * Nothing is sealed anew, and nothing stops: nodes that run have their custody keys already, and nodes that start may be
 * given either root until `finishMove`. Moving back to a root that is leaving takes the move back. Answers the new root's
 * fingerprint.
 */
export async function moveRoot(kind: RootKind, deps: MoveDeps): Promise<string> {
  const { store, vault, clock, ring } = deps;
  const roots = await listCustodyRoots(store);
  const { fingerprint, salt } = await openTarget(kind, roots, deps);
  const known = roots.find((root) => root.fingerprint === fingerprint);
  if (known?.state === "current" && roots.length === 1) {
    throw new RootChangeRefused(`${fingerprint} is the root of custody already`);
  }
  if (!known && roots.length > 1) {
    throw new RootChangeRefused(
      "another move is not finished: sealkeeper root finish, with every node on its new root",
    );
  }
  await ring.refresh();
  const keys = await listCustodyKeys(store, ring.rootFingerprint);
  if (keys.some(({ state }) => state === "coming" || state === "leaving")) {
    throw new RootChangeRefused("a rotation is not finished: sealkeeper root rotate goes on with it");
  }
  const wraps: { readonly root: string; readonly keyId: string; readonly wrapped: Buffer }[] = [];
  for (const { id: keyId } of known ? [] : keys) {
    const wrapped = await vault.wrap(1, keyId);
    const check = await vault.learn(1, { keyId, wrapped }); // throws when it would not open
    for (const key of [check.service, check.token]) key[Symbol.dispose]();
    wraps.push({ root: fingerprint, keyId, wrapped });
  }
  await store.transaction().execute(async (tx) => {
    await holdCustodyRoots(tx);
    if (statesOf(await listCustodyRoots(tx)) !== statesOf(roots)) {
      throw new RootChangeRefused("the roots of custody changed in this moment: do it again");
    }
    if (known) await keepRoot(tx, fingerprint);
    else await insertNextRoot(tx, { fingerprint, kind, salt }, clock.now());
    const now = await listCustodyKeys(tx, ring.rootFingerprint);
    if (now.map(({ id }) => id).join() !== keys.map(({ id }) => id).join()) {
      throw new RootChangeRefused("custody keys changed in this moment: do it again");
    }
    for (const wrap of wraps) {
      await insertCustodyWrap(tx, wrap);
      await recordIn(tx, rootAct("WrapRootKey", wrap.keyId, { wrappedBy: fingerprint }), clock);
    }
    await recordIn(tx, rootAct("MoveRoot", fingerprint), clock);
  });
  return fingerprint;
}

/**
 * Ends a move: the old root opens nothing of this store any more. Refused while a node still runs that was started with
 * it, as that node could not learn custody keys that are made later.
 */
export async function finishMove({ store, clock, ring }: MoveDeps): Promise<string> {
  return await store.transaction().execute(async (tx) => {
    await holdCustodyRoots(tx);
    const roots = await listCustodyRoots(tx);
    const current = roots.find(({ state }) => state === "current")?.fingerprint ?? "";
    if (roots.length === 1) throw new RootChangeRefused(`nothing is moved: the root of custody is ${current}`);
    if (ring.rootFingerprint !== current) {
      throw new RootChangeRefused(`this command was given the old root: give it the new one, ${current}`);
    }
    const nodes = await listCustodyNodes(tx, later(clock.now(), -NODE_GONE));
    const old = nodes.filter(({ root }) => root !== current).map(({ node }) => node);
    if (old.length > 0) {
      throw new RootChangeRefused(`start node ${old.join(", ")} again with the new root of custody first`);
    }
    await removeLeavingRoots(tx);
    await recordIn(tx, rootAct("FinishRootMove", current), clock);
    return current;
  });
}

function statesOf(roots: readonly CustodyRoot[]): string {
  return roots.map(({ fingerprint, state }) => `${fingerprint} ${state}`).join();
}

/** Opens the root to move to. A passphrase that was moved to before has its salt already. */
async function openTarget(
  kind: RootKind,
  roots: readonly CustodyRoot[],
  { vault }: MoveDeps,
): Promise<Pick<CustodyRoot, "fingerprint" | "salt">> {
  for (const { salt, fingerprint } of roots.filter((root) => root.kind === kind)) {
    if ((await vault.openRoot(1, salt)) === fingerprint) return { fingerprint, salt };
  }
  const salt = kind === "passphrase" ? randomBytes(SALT) : undefined;
  return { fingerprint: await vault.openRoot(1, salt), salt };
}

const SALT = 16;
