import type { ControlMessage, EdgeMessage } from "#domain/edge-messages.ts";
import { challengesOf } from "#edge/control/challenges.ts";
import { type ControlLink, keepLink } from "#edge/control/control-link.ts";
import type { ControlPoint } from "#edge/control/control-point.ts";
import { type KeyLease, keepLease } from "#edge/control/key-lease.ts";
import { kmsOf } from "#edge/keys/kms.ts";
import type { LogStore } from "#edge/logs/log-book.ts";
import { ownTicketSeed } from "#edge/tls/ticket-keys.ts";
import type { Clock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import type { Ids } from "#lib/ids.ts";
import type { AccessKey } from "#lib/sigv4-signer.ts";
import type { Timers } from "#lib/timers.ts";
import { type Attempts, ownBindings } from "./bind.ts";
import { openCarrier } from "./carrier.ts";

export interface EdgeSettings extends ControlPoint {
  /** The name that its access key is for. */
  readonly edge: string;
  readonly accessKey: AccessKey;
  /** PEM: roots that identity providers may have beside the public ones. */
  readonly roots?: readonly string[] | undefined;
  /** Where listeners may be bound; where they can, unless told. */
  readonly attempts?: Attempts;
  /** How long keys are kept without a word from the control plane; for ever unless told. */
  readonly keyLease?: Millis | undefined;
}

export interface EdgeDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly log: EdgeLog;
  /** Where the logs of load balancers go. */
  readonly logs: LogStore;
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

export function startEdge(settings: EdgeSettings, { clock, timers, ids, log, logs }: EdgeDeps): Edge {
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
    bindings: ownBindings(settings.attempts),
    attempts: settings.attempts,
    tickets: ownTicketSeed({ timers }),
    logs,
    roots: settings.roots,
    clock,
    timers,
    ids,
    tell,
    onError,
  });
  const lease: KeyLease = keepLease({
    length: settings.keyLease,
    timers,
    onEnd() {
      log.warn({}, LEASE_OVER);
      for (const message of carrier.reports().flatMap(withdrawals)) void carrier.obey(message);
    },
    onContact: () => link.reset(), // everything is told anew
  });
  const link: ControlLink = keepLink({
    ...settings,
    clock,
    timers,
    onConnect: () => [
      { kind: "hello", edge: settings.edge, instance, revision: lease.hasEnded ? undefined : carrier.revision },
      ...carrier.reports(),
    ],
    async onMessage(message) {
      if (message.kind === "welcome" && message.resync) lease.renew();
      lease.contact();
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
      lease.stop();
      await carrier.stop();
    },
  };
}

/** What takes away the keys that a report names. */
function withdrawals(report: EdgeMessage): ControlMessage[] {
  if (report.kind !== "serving") return [];
  const { loadBalancerArn, certificates } = report;
  return certificates.map(({ certificateArn }) => ({ kind: "certificate-gone", loadBalancerArn, certificateArn }));
}

export const LEASE_OVER = "no word from the control plane for as long as keys are leased: they are dropped";
const TOLD_IN_THE_LOG: ReadonlySet<EdgeMessage["kind"]> = new Set(["serving", "key-dropped", "listening"]);
