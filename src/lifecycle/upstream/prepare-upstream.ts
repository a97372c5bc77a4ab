import { type AccountDeps, preparePersistent } from "#ca/upstream/account.ts";
import type { Upstream } from "#ca/upstream/upstream.ts";
import type { AccountId } from "#domain/names.ts";
import { enqueue } from "#jobs/queue.ts";
import { listAccounts } from "#store/access-keys.ts";
import type { Db } from "#store/store.ts";

/** The name of the job that makes an account at a public CA before anything is ordered there. */
export const PREPARE_UPSTREAM = "upstream.prepare";

export interface PrepareUpstreamDeps extends AccountDeps {
  readonly upstream?: Upstream | undefined;
}

/** Promises, at the start, the accounts at those CAs whose records are to name them. */
export async function prepareAccounts({ store, clock, upstream }: PrepareUpstreamDeps): Promise<void> {
  if (!upstream) return;
  for (const owner of await listAccounts(store)) await promisePreparation(store, owner, upstream, clock.now());
}

/** The same for one account. */
export async function promisePreparation(
  db: Db,
  owner: AccountId,
  { clients }: Pick<Upstream, "clients">,
  now: Date,
): Promise<void> {
  for (const { ca } of clients) {
    if (ca.challenge !== "dns-persist-01") continue;
    await enqueue(db, { task: PREPARE_UPSTREAM, subject: `${owner} ${ca.name}` }, now);
  }
}

/** The job "upstream.prepare"; a CA that does not answer is tried again. */
export async function prepareUpstream(subject: string, deps: PrepareUpstreamDeps): Promise<undefined> {
  const [owner, name] = subject.split(" ");
  const client = deps.upstream?.clients.find(({ ca }) => ca.name === name);
  if (client) await preparePersistent(client, owner as AccountId, deps);
}
