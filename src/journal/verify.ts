import { GrowingTree } from "#lib/merkle/growing-tree.ts";
import { HASH_BYTES, leafHash, rootOf } from "#lib/merkle/hashes.ts";
import { edgeRoot, levelWidths, splitHashes, TILE_HEIGHT, TILE_WIDTH } from "#lib/merkle/tiles.ts";

/** What is wrong with a journal, for people: what, where, and when that was. */
export interface Problem {
  readonly kind: "changed" | "removed" | "swapped" | "inserted" | "tree" | "head";
  /** The first leaf concerned. */
  readonly index?: number;
  /** The last one, where it is one of several. */
  readonly to?: number;
  /** Milliseconds since 1970, of the record or of its last neighbour before it. */
  readonly at?: number;
  readonly text: string;
}

/** One leaf of the journal as it is found. */
export interface FoundLeaf {
  readonly index: number;
  /** The text of its record; undefined where it is gone. */
  readonly entry: string | undefined;
  /** Where its hash was stored beside it: those bytes, from `storedAt` on; undefined where none was. */
  readonly stored: Uint8Array | undefined;
  readonly storedAt: number;
}

/** A head whose signature was looked at. */
export interface FoundHead {
  /** Whose: "the newest head", "the witness checkpoint.txt". */
  readonly what: string;
  readonly size: number;
  readonly root: Uint8Array;
  readonly at: number | undefined;
}

/** What a look at a whole journal came to. */
export interface Verdict {
  readonly leaves: number;
  /** The first of them, up to a number; `count` is of all. */
  readonly problems: readonly Problem[];
  readonly count: number;
}

/** A journal that is being looked at, leaf by leaf: memory does not grow with it, but for 32 bytes for 256 leaves. */
export interface Verification {
  /** The next leaf: they come in order, each place once; for places without any a leaf without anything. */
  take(leaf: FoundLeaf): void;
  /** Something found elsewhere. */
  note(problem: Problem): void;
  /** Judges by the stored hashes above the leaves' (`tile` answers those of a level from 1 on) and the signed heads. */
  finish(tile: (level: number, number: number) => Uint8Array | undefined): Verdict;
}

/** Begins to look at a journal that is held against these heads, in the order of their sizes. */
export function openVerification(heads: readonly FoundHead[]): Verification {
  const found: Problem[] = [];
  let count = 0;
  const note = (problem: Problem): void => {
    count += 1;
    if (found.length < MOST_TOLD) found.push(problem);
  };
  /** The full tiles of the records' hashes; those behind them are in `recordRow`. */
  const records = new GrowingTree();
  let size = 0;
  const suspects: Suspect[] = [];
  /** By tile: the root of the hashes that stand beside the records. */
  const storedRoots: Uint8Array[] = [];
  let row: Uint8Array[] = [];
  /** The same of the records themselves, where they differ. */
  const recordRoots = new Map<number, Uint8Array>();
  let recordRow: Uint8Array[] = [];
  let differ = false;
  let lastEntry: string | undefined;
  let next = 0;
  const judged: { readonly head: FoundHead; readonly good: boolean }[] = [];
  const judge = (): void => {
    for (let head = heads[next]; head && head.size <= size; head = heads[next]) {
      const root = records.root(recordRow.length > 0 ? rootOf(recordRow) : undefined);
      judged.push({ head, good: same(root, head.root) });
      next += 1;
    }
  };
  judge();
  return {
    note,
    take({ index, entry, stored, storedAt }) {
      const hash = entry === undefined ? undefined : leafHash(entry);
      const right = hash && (!stored || hash.compare(stored, storedAt, storedAt + HASH_BYTES) === 0);
      const kept = right ? hash : (stored?.subarray(storedAt, storedAt + HASH_BYTES) ?? MISSING);
      if (!right) {
        differ = true;
        const at = timeOf(entry ?? lastEntry);
        if (suspects.length < MOST_SUSPECTS) suspects.push({ index, at, hash, stored: kept });
        else count += 1;
      }
      if (entry !== undefined) lastEntry = entry;
      size += 1;
      row.push(kept);
      recordRow.push(hash ?? MISSING);
      if (row.length === TILE_WIDTH) {
        const root = rootOf(row);
        const recordRoot = differ ? rootOf(recordRow) : root;
        storedRoots.push(root);
        if (differ) recordRoots.set(storedRoots.length - 1, recordRoot);
        records.appendPerfect(TILE_HEIGHT, recordRoot);
        row = [];
        recordRow = [];
        differ = false;
      }
      judge();
    },
    finish(tile) {
      for (const head of heads.slice(next)) {
        note({
          kind: "removed",
          index: size,
          ...when(head.at),
          text: `${head.what} is of ${head.size} records, and only ${size} are there: the journal was cut or put back`,
        });
      }
      const bad = judged.find(({ good }) => !good);
      const newest = heads.at(-1);
      const whole = bad || suspects.length > 0 ? newest : undefined;
      const trusted =
        whole?.size === size ? trustedTiles(size, whole.root, storedRoots, recordRoots, row, tile) : undefined;
      const exact = (index: number): boolean => (trusted ? trusted(Math.floor(index / TILE_WIDTH)) === "good" : !bad);
      for (const problem of tellSuspects(suspects, exact)) note(problem);
      if (trusted) for (const problem of untrustedRanges(size, trusted, suspects)) note(problem);
      if (bad && count === 0) {
        const before = judged.findLast(({ good, head }) => good && head.size < bad.head.size);
        const from = before?.head.size ?? 0;
        note({
          kind: "changed",
          index: from,
          to: bad.head.size - 1,
          ...when(bad.head.at),
          text: `the records ${from} to ${bad.head.size - 1} are not those of ${bad.head.what}: their hashes were changed with them`,
        });
      }
      return { leaves: size, problems: found.toSorted((a, b) => placeOf(a) - placeOf(b)), count };
    },
  };
}

interface Suspect {
  readonly index: number;
  readonly at: number | undefined;
  /** Undefined where the record is gone. */
  readonly hash: Uint8Array | undefined;
  readonly stored: Uint8Array;
}

/** Which tiles of leaves' hashes are what the signed root was made of; undefined when the hashes above were changed too. */
function trustedTiles(
  size: number,
  root: Uint8Array,
  storedRoots: readonly Uint8Array[],
  recordRoots: ReadonlyMap<number, Uint8Array>,
  row: readonly Uint8Array[],
  tile: (level: number, number: number) => Uint8Array | undefined,
): Trust | undefined {
  const widths = levelWidths(size);
  const hashesOf = (level: number, number: number): readonly Uint8Array[] =>
    splitHashes(tile(level, number) ?? MISSING);
  const edge = widths.map((width, level) =>
    level === 0 ? row : hashesOf(level, Math.floor(width / TILE_WIDTH)).slice(0, width % TILE_WIDTH),
  );
  if (!same(edgeRoot(edge), root)) return undefined;
  const good = new Map<string, boolean>();
  /** The tile is at the right edge, whose hashes lead to the root, or its root stands in a good tile above it. */
  const isGood = (level: number, number: number): boolean => {
    const key = `${level}/${number}`;
    const known = good.get(key);
    if (known !== undefined) return known;
    const full = number < Math.floor((widths[level] ?? 0) / TILE_WIDTH);
    const own = level === 0 ? storedRoots[number] : rootOf(hashesOf(level, number));
    const above = hashesOf(level + 1, Math.floor(number / TILE_WIDTH))[number % TILE_WIDTH];
    const answer =
      !full ||
      (own !== undefined &&
        above !== undefined &&
        isGood(level + 1, Math.floor(number / TILE_WIDTH)) &&
        same(own, above));
    good.set(key, answer);
    return answer;
  };
  return (number) => {
    if (isGood(0, number)) return "good";
    const above = hashesOf(1, Math.floor(number / TILE_WIDTH))[number % TILE_WIDTH];
    const records = recordRoots.get(number);
    const right = above && records && isGood(1, Math.floor(number / TILE_WIDTH)) && same(above, records);
    return right ? "records good" : "bad";
  };
}

/** Of a tile of leaves' hashes: whether the signed root was made of it, or at least of the records that it is for. */
type Trust = (number: number) => "good" | "records good" | "bad";

function tellSuspects(suspects: readonly Suspect[], exact: (index: number) => boolean): Problem[] {
  const places = new Map(suspects.map(({ stored, index }) => [hex(stored), index]));
  return suspects
    .filter(({ index, hash }) => !hash || exact(index))
    .map(({ index, at, hash }) => {
      const about = { index, ...when(at) };
      if (!hash) return { ...about, kind: "removed", text: `record ${index} was removed` };
      const other = places.get(hex(hash));
      return other === undefined
        ? { ...about, kind: "changed", text: `record ${index} was changed` }
        : { ...about, kind: "swapped", text: `record ${index} is the one that belongs at ${other}` };
    });
}

/** Where the hashes were changed with the records, all that can be told is in which 256 of them. */
function untrustedRanges(size: number, trusted: Trust, suspects: readonly Suspect[]): Problem[] {
  return Array.from({ length: Math.ceil(size / TILE_WIDTH) }, (_, number) => number)
    .filter((number) => trusted(number) !== "good")
    .map((number) => {
      const [index, to] = [number * TILE_WIDTH, Math.min(size, (number + 1) * TILE_WIDTH) - 1];
      if (trusted(number) === "records good") {
        const text = `the records ${index} to ${to} are as they were; the hashes that stand beside them were changed`;
        return { kind: "tree", index, to, text };
      }
      const near = suspects.find((suspect) => suspect.index >= index && suspect.index <= to);
      return {
        kind: "changed",
        index,
        to,
        ...when(near?.at),
        text:
          near && !near.hash
            ? `without what was removed, the others of the records ${index} to ${to} cannot be judged`
            : `of the records ${index} to ${to} one or more were changed, and their hashes with them`,
      };
    });
}

/** When a record was, as its text says; it is hashed with the rest. */
export function timeOf(entry: string | undefined): number | undefined {
  const [, at] = /^\[\d+,\d+,(\d{1,15}),/.exec(entry ?? "") ?? [];
  return at === undefined ? undefined : Number(at);
}

/** What is known exactly stands before what is only known to be near it. */
function placeOf({ index, to }: Problem): number {
  return to ?? index ?? Number.MAX_SAFE_INTEGER;
}

function when(at: number | undefined): { readonly at?: number } {
  return at === undefined ? {} : { at };
}

function same(a: Uint8Array, b: Uint8Array): boolean {
  return Buffer.compare(a, b) === 0;
}

function hex(bytes: Uint8Array): string {
  return Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).toString("hex");
}

const MISSING = new Uint8Array(HASH_BYTES);
const MOST_TOLD = 1_000;
const MOST_SUSPECTS = 100_000;
