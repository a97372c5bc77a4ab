import { HASH_BYTES } from "#lib/merkle/hashes.ts";
import { type NoteVerifier, parseVerifier } from "#lib/signed-note.ts";
import { EXPORT_FORMAT } from "./export.ts";
import { readHead } from "./heads.ts";
import { type FoundHead, openVerification, type Problem, timeOf, type Verdict, type Verification } from "./verify.ts";

/** What is no export of a journal at all. */
export class NoExport extends Error {
  override readonly name = "NoExport";
}

export interface ExportVerdict extends Verdict {
  readonly verifier: NoteVerifier;
  readonly heads: number;
  readonly signedAt: number | undefined;
}

/**
 * Holds the lines of an export against the signed heads in it and those of witnesses. `verifier` is who must have signed;
 * the export's own word for it when undefined. Throws NoExport where the first line says something else.
 */
export async function verifyExport(
  lines: AsyncIterable<string>,
  verifier: NoteVerifier | undefined,
  witnesses: (verifier: NoteVerifier) => readonly FoundHead[],
  onProgress: (done: number, of: number) => void,
): Promise<ExportVerdict> {
  const iterator = lines[Symbol.asyncIterator]();
  const header = readHeader((await iterator.next()).value as string | undefined);
  const signer = verifier ?? header.verifier;
  const heads: FoundHead[] = [];
  const early: Problem[] = [];
  if (signer.name !== header.verifier.name) {
    early.push({ kind: "head", text: `the export is of ${header.verifier.name}, not of ${signer.name}` });
  }
  let looking: Verification | undefined;
  const begin = (): Verification => {
    if (looking) return looking;
    heads.push(...witnesses(signer));
    heads.sort((a, b) => a.size - b.size);
    if (heads.length === 0) early.push({ kind: "head", text: "the export has no head that this key signed" });
    looking = openVerification(heads);
    for (const problem of early) looking.note(problem);
    return looking;
  };
  const tiles = new Map<string, Uint8Array>();
  let expected = 0;
  let held: EntryLine | undefined;
  let count = 1;
  const place = (line: EntryLine, next: EntryLine | undefined): void => {
    expected = placeLine(line, next, expected, begin());
    if (expected % PROGRESS === 0) onProgress(expected, header.size);
  };
  for (;;) {
    const { value, done } = (await iterator.next()) as IteratorResult<string, undefined>;
    if (done) break;
    count += 1;
    const entry = readEntry(value);
    if (entry) {
      if (held) place(held, entry);
      held = entry;
      continue;
    }
    const other = readOther(value);
    if (other?.checkpoint !== undefined && !looking) {
      const head = readHead(other.checkpoint, signer, `the signed head in line ${count}`);
      if ("problem" in head) early.push({ kind: "head", text: head.problem });
      else heads.push(head);
    } else if (other?.tile) {
      tiles.set(other.tile.join("/"), other.hashes);
    } else {
      begin().note({ kind: "inserted", index: expected, text: `line ${count} is none of a journal` });
    }
  }
  if (held) place(held, undefined);
  const judge = begin();
  for (; expected < Math.min(header.size, heads.at(-1)?.size ?? 0); expected += 1) judge.take(missing(expected));
  const signedAt = heads.at(-1)?.at;
  const verdict = judge.finish((level, number) => tiles.get(`${level}/${number}`));
  return { ...verdict, verifier: signer, heads: heads.length, signedAt };
}

interface EntryLine {
  readonly index: number;
  readonly hash: Uint8Array;
  readonly entry: string;
}

/** Takes a line for what it is, seen with the line behind it. Answers the place that comes next. */
function placeLine(line: EntryLine, next: EntryLine | undefined, expected: number, looking: Verification): number {
  const { index, entry, hash } = line;
  const found = { entry, stored: hash, storedAt: 0 };
  const at = timeOf(entry);
  if (index !== expected && next?.index === expected + 1) {
    looking.note({
      kind: "swapped",
      index: expected,
      ...when(at),
      text: `record ${index} stands in the place of record ${expected}`,
    });
    looking.take({ ...found, index: expected });
    return expected + 1;
  }
  if (index < expected || (index !== expected && next?.index === expected)) {
    looking.note({
      kind: "inserted",
      index: expected,
      text: `before record ${expected} stands a line of record ${index}, which does not belong there`,
    });
    return expected;
  }
  let place = expected;
  for (; place < index && place - expected < MOST_MISSING; place += 1) looking.take(missing(place));
  if (place < index)
    throw new NoExport(`behind record ${expected} comes record ${index}: too much is missing to be judged`);
  looking.take({ ...found, index });
  return index + 1;
}

function when(at: number | undefined): { readonly at?: number } {
  return at === undefined ? {} : { at };
}

function missing(index: number): Parameters<Verification["take"]>[0] {
  return { index, entry: undefined, stored: undefined, storedAt: 0 };
}

function readHeader(line = ""): { readonly size: number; readonly verifier: NoteVerifier } {
  const { format, key, size } = parseObject(line) ?? {};
  const verifier = typeof key === "string" ? parseVerifier(key) : undefined;
  if (format !== EXPORT_FORMAT || !verifier || typeof size !== "number" || !Number.isSafeInteger(size) || size < 0) {
    throw new NoExport(`the first line does not say that it is a journal of the form ${EXPORT_FORMAT}`);
  }
  return { size, verifier };
}

/** The entry as its bytes stand there. */
function readEntry(line: string): EntryLine | undefined {
  if (!line.startsWith('{"index":') || !line.endsWith("]}")) return undefined;
  const [start, digits] = /^\{"index":(\d{1,15}),"hash":"/.exec(line) ?? [];
  if (start === undefined || digits === undefined) return undefined;
  const behind = start.length + HASH_TEXT;
  if (!line.startsWith('","entry":[', behind)) return undefined;
  const hash = Buffer.from(line.slice(start.length, behind), "base64");
  if (hash.length !== HASH_BYTES) return undefined;
  return { index: Number(digits), hash, entry: line.slice(behind + '","entry":'.length, -1) };
}

function readOther(
  line: string,
): { readonly checkpoint?: string; readonly tile?: readonly number[]; readonly hashes: Uint8Array } | undefined {
  const { checkpoint, tile, hashes } = parseObject(line) ?? {};
  if (typeof checkpoint === "string") return { checkpoint, hashes: NONE };
  if (!Array.isArray(tile) || tile.length !== 2 || !tile.every(Number.isSafeInteger) || typeof hashes !== "string") {
    return undefined;
  }
  return { tile: tile as readonly number[], hashes: Buffer.from(hashes, "base64") };
}

function parseObject(line: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(line);
    return typeof value === "object" && value !== null ? (value as Readonly<Record<string, unknown>>) : undefined;
  } catch {
    return undefined;
  }
}

/** 32 bytes in base64. */
const HASH_TEXT = 44;
const NONE = new Uint8Array(0);
const PROGRESS = 10_000;
const MOST_MISSING = 10_000_000;
