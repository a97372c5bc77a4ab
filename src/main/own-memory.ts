import { closeSync, openSync, readFileSync, readSync } from "node:fs";

/**
 * How often any of these byte strings stands in the memory of this process; undefined where that cannot be read, as
 * anywhere but on Linux. It takes a second; other things go on meanwhile.
 */
export async function countInOwnMemory(traces: readonly Buffer[]): Promise<number | undefined> {
  let memory: number;
  try {
    memory = openSync("/proc/self/mem", "r");
  } catch {
    return undefined;
  }
  const chunk = Buffer.allocUnsafeSlow(CHUNK);
  try {
    let count = 0;
    for (const line of readFileSync("/proc/self/maps", "utf8").split("\n")) {
      const [, from, to] = /^([0-9a-f]+)-([0-9a-f]+) rw/.exec(line) ?? [];
      if (from !== undefined && to !== undefined) {
        count += await countBetween(memory, BigInt(`0x${from}`), BigInt(`0x${to}`), chunk, traces);
      }
    }
    return count;
  } catch {
    return undefined;
  } finally {
    chunk.fill(0);
    closeSync(memory);
  }
}

async function countBetween(
  memory: number,
  from: bigint,
  to: bigint,
  chunk: Buffer,
  traces: readonly Buffer[],
): Promise<number> {
  let count = 0;
  for (let at = from; at < to; at += BigInt(CHUNK - OVERLAP)) {
    chunk.fill(0); // it is part of what is read
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
    await new Promise((resolve) => setImmediate(resolve));
  }
  return count;
}

const CHUNK = 2 ** 20;
/** One that lies across two chunks is seen; it counts twice when it lies in what both have, every time alike. */
const OVERLAP = 256;
