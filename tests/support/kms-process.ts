import { readFileSync } from "node:fs";

/** The KMS process of a control plane or a command, which is its child; undefined while there is none. */
export function kmsProcessOf(pid: number | undefined): number | undefined {
  return childrenOf(pid).find((child) => textOf(`/proc/${child}/cmdline`).includes("/main/kms.ts"));
}

function childrenOf(pid: number | undefined): readonly number[] {
  return textOf(`/proc/${pid}/task/${pid}/children`).trim().split(" ").filter(Boolean).map(Number);
}

/** Of a process that has ended there is none. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
}
