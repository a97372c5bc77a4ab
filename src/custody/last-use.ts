import type { MasterKey } from "#domain/keys/master-key.ts";
import { arnOf } from "#domain/keys/names.ts";
import type { Caller } from "#domain/names.ts";
import { findLastUse, type LastUse } from "#store/audit-records.ts";
import type { Custody } from "./custody.ts";
import { seeKey } from "./see-key.ts";

/** When and by what operation a key was used last, for whoever may see it; `use` is undefined when it never was. */
export async function lastUse(
  keyId: string,
  caller: Caller,
  deps: Pick<Custody, "store" | "root" | "journal">,
): Promise<{ readonly key: MasterKey; readonly use: LastUse | undefined }> {
  const key = await seeKey("GetKeyLastUsage", keyId, caller, deps);
  return { key, use: await findLastUse(deps.store, arnOf(key)) };
}
