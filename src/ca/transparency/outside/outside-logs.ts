import { type Agent, Agent as HttpAgent } from "node:http";
import { Agent as HttpsAgent } from "node:https";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import type { OutsideLog } from "./log-list.ts";
import type { TimestampPolicy } from "./policy.ts";

export interface OutsideLogsOptions {
  readonly logs: readonly OutsideLog[];
  readonly policy: TimestampPolicy;
  readonly timers: Timers;
  /** PEM: whom to trust at logs in the place of the public roots. */
  readonly trust?: string | undefined;
  /** Told of every log that gave no timestamp. */
  readonly onFailure: (log: OutsideLog, problem: string) => void;
  /** How long one log may take; 10 seconds when it is not said. */
  readonly patience?: Millis;
  /** After how long another log is asked beside one that does not answer; 2 seconds when it is not said. */
  readonly hedge?: Millis;
}

/** The logs of others that this installation gives precertificates to. Open connections end with `close`. */
export class OutsideLogs {
  #logs: readonly OutsideLog[];
  readonly policy: TimestampPolicy;
  readonly timers: Timers;
  readonly onFailure: OutsideLogsOptions["onFailure"];
  readonly patience: Millis;
  readonly hedge: Millis;
  readonly #agents: { readonly http: HttpAgent; readonly https: HttpsAgent };

  constructor({ logs, policy, timers, trust, onFailure, patience, hedge }: OutsideLogsOptions) {
    const options = { keepAlive: true, timeout: IDLE, maxSockets: MOST_CONNECTIONS };
    this.#logs = logs;
    this.policy = policy;
    this.timers = timers;
    this.onFailure = onFailure;
    this.patience = patience ?? 10 * SECOND;
    this.hedge = hedge ?? 2 * SECOND;
    this.#agents = {
      http: new HttpAgent(options),
      https: new HttpsAgent({ ...options, ...(trust === undefined ? {} : { ca: trust }) }),
    };
  }

  /** Those of the list in force. */
  get logs(): readonly OutsideLog[] {
    return this.#logs;
  }

  /** From now on these are asked. */
  replace(logs: readonly OutsideLog[]): void {
    this.#logs = logs;
  }

  agentOf({ url }: OutsideLog): Agent {
    return url.startsWith("https:") ? this.#agents.https : this.#agents.http;
  }

  /** Ends the connections that are kept open. */
  close(): void {
    this.#agents.http.destroy();
    this.#agents.https.destroy();
  }
}

/** For each log. */
const MOST_CONNECTIONS = 16;
const IDLE: Millis = 30 * SECOND;
