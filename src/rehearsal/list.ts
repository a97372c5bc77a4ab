import type { Caller } from "#domain/names.ts";
import type { Verdict } from "#domain/rehearsal/rehearsal.ts";
import { pageRehearsals, type StoredRehearsal } from "#store/rehearsals.ts";
import type { Store } from "#store/store.ts";
import { type ListName, readPageToken, writePageToken } from "./page-token.ts";

export type { StoredRehearsal } from "#store/rehearsals.ts";

export interface ListRequest {
  /** Only those of this verdict. */
  readonly verdict: Verdict | undefined;
  /** Only those that this owner looks after. */
  readonly owner: string | undefined;
  readonly limit: number;
  /** What the page before answered. */
  readonly pageToken: string | undefined;
}

export interface RehearsalsPage {
  readonly rehearsals: readonly StoredRehearsal[];
  readonly nextToken: string | undefined;
}

/** What the latest rehearsals of the caller's certificates came to, the worst first. Throws `page-token-invalid`. */
export async function listRehearsals(
  { verdict, owner, limit, pageToken }: ListRequest,
  caller: Caller,
  { store }: { readonly store: Store },
): Promise<RehearsalsPage> {
  const list: ListName = [caller, "rehearsals", verdict, owner];
  const place = pageToken === undefined ? undefined : readPageToken(pageToken, list);
  const after = place && { urgency: place.numbers[0], urgentAt: place.numbers[1], certificateArn: place.arn };
  const rows = await pageRehearsals(store, caller, { verdict, owner, after, limit: limit + 1 });
  const rehearsals = rows.slice(0, limit);
  const last = rehearsals.at(-1);
  return {
    rehearsals,
    nextToken:
      rows.length > limit && last
        ? writePageToken({ numbers: [last.urgency, last.urgentAt], arn: last.certificateArn }, list)
        : undefined,
  };
}
