import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/** The proportional set size of a process and its descendants (Linux), in bytes. */
export function memoryOf(pid: number): number {
  const own = Number(/^Pss:\s+(\d+) kB/m.exec(readFileSync(`/proc/${pid}/smaps_rollup`, "utf8"))?.[1] ?? 0) * 1024;
  const children = readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean);
  return children.reduce((sum, child) => sum + memoryOf(Number(child)), own);
}

/** How often any of these byte strings stands in the memory of a process (Linux, same user). */
export function countInMemory(pid: number, traces: readonly Buffer[]): number {
  const memory = openSync(`/proc/${pid}/mem`, "r");
  try {
    let count = 0;
    for (const line of readFileSync(`/proc/${pid}/maps`, "utf8").split("\n")) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from === undefined || to === undefined) continue;
      count += countIn(memory, BigInt(`0x${from}`), BigInt(`0x${to}`), traces);
    }
    return count;
  } finally {
    closeSync(memory);
  }
}

function countIn(memory: number, from: bigint, to: bigint, traces: readonly Buffer[]): number {
  const chunk = Buffer.alloc(CHUNK);
  let count = 0;
  for (let at = from; at < to; at += BigInt(CHUNK - OVERLAP)) {
    const wanted = Number(to - at < BigInt(CHUNK) ? to - at : BigInt(CHUNK));
    let got: number;
    try {
      got = readSync(memory, chunk, 0, wanted, at);
    } catch {
      return count; // reserved, but not there
    }
    const read = chunk.subarray(0, got);
    for (const trace of traces) for (let i = read.indexOf(trace); i >= 0; i = read.indexOf(trace, i + 1)) count++;
    if (got < wanted) break;
  }
  chunk.fill(0);
  return count;
}

const CHUNK = 4 * 2 ** 20;
/** Longer than any trace; one that is in both chunks counts twice, which does no harm. */
const OVERLAP = 4096;
