import type { LoadBalancerArn } from "#domain/arn.ts";
import type { ListenerReport } from "#domain/edge-messages.ts";
import { listListeners } from "#store/listeners.ts";
import type { Store } from "#store/store.ts";
import { showHostPort } from "./addresses.ts";
import type { Logger } from "./log.ts";

/** Makes a function that logs which listeners an edge could not bind at their own ports, and where they are instead. */
export function listenerNotes({ store, log }: { readonly store: Store; readonly log: Logger }): NoteListeners {
  const said = new Map<string, string>();
  return async (edge, loadBalancerArn, reports) => {
    const ports = new Map((await listListeners(store, loadBalancerArn)).map(({ arn, port }) => [String(arn), port]));
    const moved = reports.flatMap(({ listenerArn, address, port, error }) => {
      const asked = ports.get(listenerArn);
      if (asked === undefined || asked === port) return [];
      const at = port === 0 ? "nowhere" : showHostPort({ host: address, port });
      return [{ listener: listenerArn, edge, asked, at, ...(error === undefined ? {} : { error }) }];
    });
    const whose = `${edge} ${loadBalancerArn}`;
    const news = JSON.stringify(moved);
    if ((said.get(whose) ?? "[]") === news) return;
    if (moved.length === 0) said.delete(whose);
    else said.set(whose, news);
    for (const { asked, at, ...facts } of moved) {
      const text = `a listener on port ${asked} is at ${at}: port ${asked} is taken there, or not allowed to this user`;
      if (at === "nowhere") log.error({ ...facts, asked }, `a listener on port ${asked} could not be bound anywhere`);
      else log.warn({ ...facts, asked, at }, text);
    }
  };
}

export type NoteListeners = (
  edge: string,
  loadBalancerArn: LoadBalancerArn,
  reports: readonly ListenerReport[],
) => Promise<void>;
