import type { Duplex } from "node:stream";
import type { LoadBalancerArn } from "#domain/arn.ts";
import { frameReader } from "#domain/edge-frames.ts";
import { type EdgeMessage, encodeEdgeMessage, readControlMessage } from "#domain/edge-messages.ts";
import { challengesOf } from "#edge/control/challenges.ts";
import { kmsOf } from "#edge/keys/kms.ts";
import { type GivenSockets, givenSockets } from "#edge/supervisor/given-sockets.ts";
import type { SupervisorNote, WorkerNote } from "#edge/supervisor/notes.ts";
import { ticketSeed } from "#edge/tls/ticket-keys.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { EdgeDeps, EdgeSettings } from "./agent.ts";
import { openCarrier } from "./carrier.ts";

/** The supervisor, as its worker reaches it. */
export interface Supervision {
  /** Frames both ways. */
  readonly frames: Duplex;
  readonly note: (note: WorkerNote) => void;
  readonly onNote: (act: (note: SupervisorNote, handle: unknown) => void) => void;
}

/** A process of an edge that serves: it has the keys in clear, and sockets that it shares with its fellows. */
export interface EdgeWorker extends Pick<GivenSockets, "listening"> {
  /** What it serves: `<load balancer> <certificate>`. */
  serving(): readonly string[];
  /** Drains every connection for a bounded time, forgets every key. */
  stop(): Promise<void>;
}

/** Begins with the first note of the supervisor, which is the secret of session tickets. `onStop` when it is told to. */
export function startWorker(
  settings: EdgeSettings,
  { frames, note, onNote }: Supervision,
  { clock, timers, ids, log, logs, onStop }: EdgeDeps & { readonly onStop: () => void },
): EdgeWorker {
  const tickets = ticketSeed();
  const sockets = givenSockets(note);
  const seeded = Promise.withResolvers<void>();
  onNote((told, handle) => {
    switch (told.kind) {
      case "seed":
        tickets.rotate(told.seed);
        return seeded.resolve();
      case "stop":
        return onStop();
      case "leader":
        return carrier.lead(told.leads);
      case "health":
        return carrier.hearHealth(told.loadBalancerArn as LoadBalancerArn, told.targets);
      default:
        sockets.take(told, handle);
    }
  });
  const onError = (what: string, error: unknown): void =>
    log.warn({ error: error instanceof Error ? error.message : String(error) }, what);
  /** `<load balancer> <certificate>`. */
  const served = new Set<string>();
  const tell = (message: EdgeMessage): void => {
    if (message.kind === "serving") {
      for (const { certificateArn } of message.certificates) served.add(`${message.loadBalancerArn} ${certificateArn}`);
    } else if (message.kind === "key-dropped") served.delete(`${message.loadBalancerArn} ${message.certificateArn}`);
    if (frames.writable) frames.write(encodeEdgeMessage(message));
  };
  const carrier = openCarrier({
    kms: kmsOf({ ...settings, clock }),
    findChallenge: challengesOf(settings),
    bindings: sockets,
    attempts: settings.attempts,
    tickets,
    logs,
    roots: settings.roots,
    leads: false,
    clock,
    timers,
    ids,
    tell,
    onError,
  });
  const follow = async (): Promise<void> => {
    await seeded.promise;
    const reader = frameReader();
    for await (const chunk of frames) {
      for (const frame of reader.push(chunk as Buffer)) {
        const message = readControlMessage(frame);
        if (!message) continue;
        await carrier
          .obey(message)
          .catch((error: unknown) => onError(`a message could not be obeyed: ${message.kind}`, error));
      }
    }
  };
  follow().catch((error: unknown) => onError("the supervisor is not heard any more", error));
  return {
    listening: () => sockets.listening(),
    serving: () => [...served],
    stop: () => carrier.stop(PATIENCE),
  };
}

/** Its fellows serve on: clients are moved to them, one answer after the other. */
const PATIENCE: Millis = SECOND;
