import type { Fleet } from "#fleet/fleet.ts";
import { FIRST_ACCOUNT } from "#identity/first-account.ts";
import { resetAccount } from "#store/reset-account.ts";
import type { World } from "./world.ts";

/** `POST /_sealkeeper/reset`: the first account as it was at its birth, and edges that carry nothing of it. */
export async function resetFirstAccount({ store }: World, fleet: Fleet): Promise<void> {
  await store.transaction().execute((tx) => resetAccount(tx, FIRST_ACCOUNT));
  fleet.wake();
}
