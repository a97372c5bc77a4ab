import type { Db, Tx } from "./store.ts";
import type { EpochMillis } from "./tables/types.ts";

/** Which creations take an idempotency token. */
export type AcmeRequested = "acmeEndpoints" | "acmeDomainValidations" | "acmeBindings";

/** What an earlier creation with the same token made, and what it had asked for. */
export interface EarlierRequest {
  readonly arn: string;
  readonly requestHash: string | null;
}

/** Frees a request key from what was created at or before `before`, so that it may be used afresh. */
export async function releaseAcmeRequest(
  tx: Tx,
  table: AcmeRequested,
  requestKey: string,
  before: EpochMillis,
): Promise<void> {
  await tx
    .updateTable(table)
    .set({ requestKey: null, requestHash: null })
    .where("requestKey", "=", requestKey)
    .where("createdAt", "<=", before)
    .execute();
}

export async function findAcmeRequest(
  db: Db,
  table: AcmeRequested,
  requestKey: string,
): Promise<EarlierRequest | undefined> {
  return await db
    .selectFrom(table)
    .select(["arn", "requestHash"])
    .where("requestKey", "=", requestKey)
    .executeTakeFirst();
}
