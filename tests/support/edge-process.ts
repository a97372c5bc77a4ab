import { readFileSync } from "node:fs";
import { connect } from "node:net";
import { join } from "node:path";
import type { Product } from "#cli/demo/product.ts";
import { until } from "#cli/demo/until.ts";

/** The edge that belongs to a data directory, as it says itself; undefined when none is there. */
export function edgePid({ dataDir }: Pick<Product, "dataDir">): Promise<number | undefined> {
  return new Promise((resolve) => {
    const socket = connect(join(dataDir, "edge.sock"));
    socket.once("data", (hello) => {
      resolve((JSON.parse(hello.toString()) as { pid: number }).pid);
      socket.destroy();
    });
    socket.once("error", () => resolve(undefined));
    socket.once("close", () => resolve(undefined));
  });
}

/** Kills the edge with SIGKILL and answers the pid of the one that takes its place. */
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
