import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";

/** The supervisor of the edge that belongs to a data directory, as it says itself; undefined when none is there. */
export async function edgePid(place: Pick<Product, "dataDir">): Promise<number | undefined> {
  return (await hello(place))?.pid;
}

/** The workers of that edge: the processes that have keys and serve. Empty when no edge is there. */
export async function edgeWorkers(place: Pick<Product, "dataDir">): Promise<readonly number[]> {
  return (await hello(place))?.workers ?? [];
}

function hello({ dataDir }: Pick<Product, "dataDir">): Promise<{ pid: number; workers: number[] } | undefined> {
  return new Promise((resolve) => {
    const socket = connect(join(dataDir, "edge.sock"));
    socket.once("data", (line) => {
      resolve(JSON.parse(line.toString()) as { pid: number; workers: number[] });
      socket.destroy();
    });
    socket.once("error", () => resolve(undefined));
    socket.once("close", () => resolve(undefined));
  });
}

/** Kills the edge's supervisor with SIGKILL and answers the pid of the one that takes its place. */
export async function killEdge(product: Pick<Product, "dataDir">): Promise<number> {
  const first = await edgePid(product);
  if (first === undefined) throw new Error("there is no edge to kill");
  process.kill(first, "SIGKILL");
  return await until("another edge", async () => {
    const pid = await edgePid(product);
    return pid === first ? undefined : pid;
  });
}

/** Whether a process runs; one that has ended, and that nobody asked about yet, does not. */
export function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+[ZX]/m.test(readFileSync(`/proc/${pid}/status`, "utf8"));
  } catch {
    return false;
  }
}
