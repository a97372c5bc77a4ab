import { parseArn } from "#domain/arn.ts";
import type { Caller, Region } from "#domain/names.ts";
import { certificateNotFound, readCertificateArn } from "#lifecycle/find.ts";
import { certificatesAfter, nextOwner } from "#store/rehearsal-rounds.ts";
import type { Store } from "#store/store.ts";
import { type ListName, readPageToken, writePageToken } from "./page-token.ts";
import { type RecordDeps, recordRehearsal } from "./record.ts";
import { type Rehearsal, type RehearseDeps, rehearse } from "./rehearse.ts";

export interface NowDeps extends RehearseDeps, RecordDeps {}

/** Rehearses one of the caller's certificates now, and keeps what it came to. Throws `certificate-arn-invalid` and `certificate-not-found`. */
export async function rehearseNow(arnText: string, caller: Caller, deps: NowDeps): Promise<Rehearsal> {
  const arn = readCertificateArn(arnText);
  const { account, region } = parseArn(arn) ?? {};
  const isTheirs = account === caller.account && region === caller.region;
  const rehearsal = isTheirs ? await rehearse(arn, deps) : undefined;
  if (!rehearsal) throw certificateNotFound(arn, caller);
  await recordRehearsal(rehearsal, deps);
  return rehearsal;
}

export interface RehearsedPage {
  readonly rehearsals: readonly Rehearsal[];
  /** Undefined behind the last. */
  readonly nextToken: string | undefined;
}

/** Rehearses the caller's next certificates now, in the order of their creation. Throws `page-token-invalid`. */
export async function rehearsePage(
  { limit, pageToken }: { readonly limit: number; readonly pageToken: string | undefined },
  caller: Caller,
  deps: NowDeps,
): Promise<RehearsedPage> {
  const list: ListName = [caller, "rehearse"];
  const place = pageToken === undefined ? undefined : readPageToken(pageToken, list);
  const after = place && { createdAt: place.numbers[0], arn: place.arn };
  const places = await certificatesAfter(deps.store, caller, after, limit + 1);
  const due = places.slice(0, limit);
  const found = await Promise.all(due.map(({ arn }) => rehearse(arn, deps)));
  const rehearsals = found.filter((rehearsal) => rehearsal !== undefined);
  for (const rehearsal of rehearsals) await recordRehearsal(rehearsal, deps);
  const last = due.at(-1);
  return {
    rehearsals,
    nextToken:
      places.length > limit && last ? writePageToken({ numbers: [last.createdAt, 0], arn: last.arn }, list) : undefined,
  };
}

/** The regions in which the caller's account has certificates. */
export async function certificateRegions(
  { account }: Pick<Caller, "account">,
  { store }: { readonly store: Store },
): Promise<readonly Region[]> {
  const regions: Region[] = [];
  let owner = await nextOwner(store, { account, region: "" as Region });
  while (owner?.account === account) {
    regions.push(owner.region);
    owner = await nextOwner(store, owner);
  }
  return regions;
}
