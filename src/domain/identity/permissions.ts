import type { Caller } from "#domain/names.ts";

/** Whether a caller of that kind may call an action (`kms:Decrypt`) at all. What it may do there is the service's affair. */
export function mayCall(kind: Caller["kind"], action: string): boolean {
  const allowed = PERMISSIONS[kind];
  return allowed === "everything" || allowed.has(action);
}

const PERMISSIONS: Readonly<Record<Caller["kind"], "everything" | ReadonlySet<string>>> = {
  root: "everything",
  user: "everything",
  role: "everything",
  edge: new Set(["kms:Decrypt", "kms:DescribeKey", "sts:GetCallerIdentity"]),
};
