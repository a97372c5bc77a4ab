import { type AccountDeps, preparePersistent } from "#ca/upstream/account.ts";
import type { Upstream } from "#ca/upstream/upstream.ts";
import { enqueue } from "#jobs/queue.ts";

/** The name of the job that makes our account at a public CA before anything is ordered there. */
export const PREPARE_UPSTREAM = "upstream.prepare";

export interface PrepareUpstreamDeps extends AccountDeps {
  readonly upstream?: Upstream | undefined;
}

/** Promises, at the start, accounts at the CAs whose records are to name them. */
export async function promisePreparation({ store, clock, upstream }: PrepareUpstreamDeps): Promise<void> {
  for (const { ca } of upstream?.clients ?? []) {
    if (ca.challenge !== "dns-persist-01") continue;
    await enqueue(store, { task: PREPARE_UPSTREAM, subject: ca.name }, clock.now());
  }
}

/** The job "upstream.prepare"; a CA that does not answer is tried again. */
export async function prepareUpstream(name: string, deps: PrepareUpstreamDeps): Promise<undefined> {
  const client = deps.upstream?.clients.find(({ ca }) => ca.name === name);
  if (client) await preparePersistent(client, deps);
}
