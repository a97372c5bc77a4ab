import { verifySealed } from "#custody/reseal.ts";
import { listCustodyKeys } from "#store/custody-roots.ts";
import type { RootCommand } from "./open.ts";

/** `sealkeeper root verify`: 1 when something does not open. */
export async function verify({ deps: { store, ring }, print }: RootCommand): Promise<number> {
  const keys = await listCustodyKeys(store, ring.rootFingerprint);
  const { opened, unreadable } = await verifySealed(
    keys.map(({ id }) => id),
    ({ table, column, purpose, problem }) => print(`${table}.${column}  ${purpose}: ${problem}`),
    { store, ring },
  );
  print(`${opened} sealed values open${unreadable === 0 ? ", which is all" : `; ${unreadable} do not`}`);
  return unreadable === 0 ? 0 : 1;
}
