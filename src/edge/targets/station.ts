import type { EdgeTarget, EdgeTargetGroup } from "#domain/edge-config.ts";
import type { Fields } from "#edge/http/fields.ts";

/** One target of one target group as it runs here: from the configuration that brings it to the one that takes it away. */
export class Station {
  group: EdgeTargetGroup;
  target: EdgeTarget;
  /** Names it in cookies; the same on every edge. */
  readonly badge: string;

  /** Requests and connections that it was chosen for and that are not done. */
  outstanding = 0;
  healthy = false;
  /** It may be chosen for a new visitor. */
  candidate = false;

  /** Came into an empty target group, whose first targets do not start slowly. */
  pioneer: boolean;
  /** When its slow start began, as `Clock` tells it; undefined when it gets its full share. */
  warmingSince: number | undefined = undefined;
  /** What it has saved up for its next turn while it is warming. */
  credit = 0;

  /** Its share of what its peers get, from 0.01 to 1: less while it fails more often than they do. */
  share = 1;
  anomalous = false;
  /** Since anomalies were last looked for. */
  answers = 0;
  failures = 0;
  looks = 0;

  /** Its cookies for the second that they were made in. */
  cookies: { readonly second: number; readonly fields: Fields } | undefined = undefined;

  #ended = false;
  readonly #endings = new Set<() => void>();

  constructor(group: EdgeTargetGroup, target: EdgeTarget, badge: string, pioneer: boolean) {
    this.group = group;
    this.target = target;
    this.badge = badge;
    this.pioneer = pioneer;
  }

  /** Whoever goes on here now or later is told to stop. */
  end(): void {
    this.#ended = true;
    for (const act of this.#endings) act();
  }

  /** Nothing new may go on here. */
  get ended(): boolean {
    return this.#ended;
  }

  /** It is used again. */
  revive(): void {
    this.#ended = false;
  }

  /** Ends what goes on here now; what comes later may come. */
  interrupt(): void {
    for (const act of this.#endings) act();
  }

  /** Calls `act` when what goes on here must end; answers the way to stop that. */
  onEnd(act: () => void): () => void {
    if (this.#ended) {
      act();
      return () => {};
    }
    this.#endings.add(act);
    return () => this.#endings.delete(act);
  }
}
