import { leafEntry } from "#domain/evidence/leaf.ts";
import type { Clock } from "#lib/clock.ts";
import { HOUR, type Millis, SECOND } from "#lib/duration.ts";
import { HASH_BYTES, leafHash } from "#lib/merkle/hashes.ts";
import { appendToTiles, edgeRoot, levelWidths, rightEdge, splitHashes } from "#lib/merkle/tiles.ts";
import type { Timers } from "#lib/timers.ts";
import {
  findTile,
  findTree,
  growTree,
  insertHead,
  lastKeptHead,
  pendingRecords,
  type SignedHead,
} from "#store/audit-tree.ts";
import type { Store } from "#store/store.ts";

/** Signs tree heads. */
export interface HeadSigner {
  /** The signed note of a tree of this size (C2SP tlog-checkpoint). */
  sign(head: { readonly size: number; readonly root: Uint8Array; readonly at: Date }): string;
}

export interface TreeDeps {
  readonly store: Store;
  readonly clock: Clock;
  readonly headSigner: HeadSigner;
}

/**
 * Gives records that wait their places in the tree, at most 256 of them, and signs the new head. Several nodes may do so at
 * once: one succeeds, the others look again. What had no place yet when a process died waits on. Answers whether more wait.
 */
export async function growTreeOnce({ store, clock, headSigner }: TreeDeps): Promise<boolean> {
  const { size } = await findTree(store);
  const records = await pendingRecords(store, AT_ONCE);
  if (records.length === 0) return false;
  const hashes = records.map((record) => leafHash(leafEntry(record)));
  const grown = appendToTiles(size, await readEdge(size, store), hashes);
  const at = clock.now();
  const checkpoint = headSigner.sign({ size: grown.size, root: grown.root, at });
  const head: SignedHead = { size: grown.size, signedAt: at.getTime(), checkpoint };
  const kept = await lastKeptHead(store);
  const done = await growTree(store, {
    from: size,
    records,
    tiles: grown.tiles,
    head,
    keep: !kept || head.signedAt - kept.signedAt >= KEEP_EVERY,
  });
  return !done || records.length === AT_ONCE;
}

/** Gives everything that waits its place. */
export async function growTreeWhole(deps: TreeDeps): Promise<void> {
  while (await growTreeOnce(deps));
}

/** Keeps the newest head for ever. */
export async function keepHead({ store }: Pick<TreeDeps, "store">): Promise<void> {
  const { size, signedAt, checkpoint } = await findTree(store);
  if (signedAt !== undefined && checkpoint !== undefined) await insertHead(store, { size, signedAt, checkpoint });
}

/** Makes the tree grow while the process runs. */
export interface Grower {
  /** Gives everything its place, keeps the head, and ends. */
  stop(): Promise<void>;
}

/**
 * Looks once a second for records without a place, off the road of every call. `onHead` is told of each new head of this or
 * another node; `onError` of what went wrong, which is tried again.
 */
export function startGrower(
  deps: TreeDeps & {
    readonly timers: Timers;
    readonly onHead: (checkpoint: string) => Promise<void>;
    readonly onError: (error: unknown) => void;
  },
): Grower {
  let stopped = false;
  let told: string | undefined;
  let cancel = (): void => {};
  let running = Promise.resolve();
  const turn = async (): Promise<void> => {
    try {
      while (!stopped && (await growTreeOnce(deps)));
      const { checkpoint } = await findTree(deps.store);
      if (checkpoint !== undefined && checkpoint !== told) await deps.onHead(checkpoint);
      told = checkpoint;
    } catch (error) {
      deps.onError(error);
    }
    next();
  };
  const next = (): void => {
    if (stopped) return;
    cancel = deps.timers.after(EVERY, () => {
      running = turn();
    });
  };
  running = turn();
  return {
    async stop() {
      stopped = true;
      cancel();
      await running;
      try {
        await growTreeWhole(deps);
        await keepHead(deps);
        const { checkpoint } = await findTree(deps.store);
        if (checkpoint !== undefined) await deps.onHead(checkpoint);
      } catch (error) {
        deps.onError(error);
      }
    },
  };
}

/**
 * The root that the tree had when it was of this size; undefined where it is smaller now, or has lost the hashes. Whoever
 * kept a head can so hold the tree against it at any time, at the price of a few tiles.
 */
export async function rootAt(size: number, { store }: Pick<TreeDeps, "store">): Promise<Uint8Array | undefined> {
  if (size > (await findTree(store)).size) return undefined;
  const edge = await findEdge(size, store);
  if (edge.some(({ hashes }) => hashes === undefined)) return undefined;
  const rows = new Map(edge.map(({ level, hashes }) => [level, splitHashes(hashes ?? new Uint8Array(0))]));
  return edgeRoot(levelWidths(size).map((_, level) => rows.get(level) ?? []));
}

async function readEdge(size: number, store: Store): Promise<ReadonlyMap<number, Uint8Array>> {
  const edge = new Map<number, Uint8Array>();
  for (const { level, number, hashes } of await findEdge(size, store)) {
    if (!hashes) {
      throw new Error(
        `the journal's tree has lost hashes of tile ${number} of level ${level}: sealkeeper audit verify`,
      );
    }
    edge.set(level, hashes);
  }
  return edge;
}

/** Tiles are only appended to: what another node added meanwhile is behind what belongs to this size. */
async function findEdge(
  size: number,
  store: Store,
): Promise<readonly { readonly level: number; readonly number: number; readonly hashes: Uint8Array | undefined }[]> {
  const edge = [];
  for (const { level, number, width } of rightEdge(size)) {
    const hashes = await findTile(store, level, number);
    const whole = hashes && hashes.length >= width * HASH_BYTES;
    edge.push({ level, number, hashes: whole ? hashes.subarray(0, width * HASH_BYTES) : undefined });
  }
  return edge;
}

/** A transaction on SQLite keeps all others waiting: a few milliseconds for so many. */
const AT_ONCE = 256;
const EVERY: Millis = SECOND;
const KEEP_EVERY: Millis = HOUR;
