import type { EdgeMessage } from "#domain/edge-messages.ts";
import { challengesOf } from "#edge/control/challenges.ts";
import { type ControlLink, keepLink } from "#edge/control/control-link.ts";
import { kmsOf } from "#edge/keys/kms.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { AccessKey } from "#lib/sigv4-signer.ts";
import type { Timers } from "#lib/timers.ts";
import { ownBindings } from "./bind.ts";
import { openCarrier } from "./carrier.ts";

export interface EdgeSettings {
  /** The name that its access key is for. */
  readonly edge: string;
  /** The origin of the control plane's API. */
  readonly endpoint: URL;
  /** PEM; for an HTTPS endpoint. */
  readonly ca?: string | undefined;
  readonly accessKey: AccessKey;
}

export interface EdgeDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly log: EdgeLog;
}

export interface EdgeLog {
  info(facts: object, what: string): void;
  warn(facts: object, what: string): void;
}

/** A running edge: it does what the control plane says, and goes on doing so when the control plane is silent. */
export interface Edge {
  /** Drains every connection for a bounded time, forgets every key. */
  stop(): Promise<void>;
}

export function startEdge(settings: EdgeSettings, { clock, timers, ids, log }: EdgeDeps): Edge {
  const instance = ids.uuid();
  const onError = (what: string, error: unknown): void =>
    log.warn({ error: error instanceof Error ? error.message : String(error) }, what);
  const tell = (message: EdgeMessage): void => {
    const { kind, ...facts } = message;
    if (TOLD_IN_THE_LOG.has(kind)) log.info(facts, kind);
    link.tell(message);
  };
  const carrier = openCarrier({
    kms: kmsOf({ ...settings, clock }),
    findChallenge: challengesOf(settings),
    bindings: ownBindings(),
    clock,
    timers,
    ids,
    tell,
    onError,
  });
  const link: ControlLink = keepLink({
    ...settings,
    clock,
    timers,
    onConnect: () => [
      { kind: "hello", edge: settings.edge, instance, revision: carrier.revision },
      ...carrier.reports(),
    ],
    async onMessage(message) {
      try {
        await carrier.obey(message);
      } catch (error) {
        onError(`a message of the control plane could not be obeyed: ${message.kind}`, error);
      }
    },
    onUnreadable: (error) => onError("a message of the control plane could not be read", error),
    onLoss: (error) => onError("no connection to the control plane; what is known is served on", error),
  });
  return {
    async stop() {
      link.stop();
      await carrier.stop();
    },
  };
}

const TOLD_IN_THE_LOG: ReadonlySet<EdgeMessage["kind"]> = new Set(["serving", "key-dropped", "listening"]);
