import type { Duplex } from "node:stream";
import type { EdgeMessage } from "#domain/edge-messages.ts";
import type { Bound, Place } from "#edge/bind.ts";
import type { Handle } from "./handles.ts";
import type { SupervisorNote, WorkerNote } from "./notes.ts";
import type { Sockets } from "./sockets.ts";
import { openWorkerLine } from "./worker-line.ts";

/** A worker process as it was started: who starts it is another's affair. */
export interface WorkerProcess {
  readonly pid: number;
  /** Frames both ways. */
  readonly frames: Duplex;
  note(note: SupervisorNote, handle?: Handle): void;
  onNote(act: (note: WorkerNote) => void): void;
  /** Resolves when it has ended, with how. */
  readonly ended: Promise<string>;
  kill(): void;
}

/** A worker as its supervisor knows it. */
export interface Worker {
  readonly id: number;
  readonly pid: number;
  readonly process: WorkerProcess;
  /** Resolves when it serves whatever it was told to; never when it ends before. */
  readonly ready: Promise<void>;
  readonly isReady: boolean;
  /** It was told to drain. */
  readonly isLeaving: boolean;
  /** Sends frames; `mark` names the place in all that is told where a `synced` among them stands. */
  tell(frames: readonly Buffer[], mark?: number): void;
  /** The last mark that it has followed up to; -1 before the first. */
  readonly followed: number;
  /** Resolves when what it was told is as good as taken, or it is gone. */
  room(): Promise<void>;
  /** Looks whether it may be given the sockets that were kept back from it. */
  review(): void;
  /** Has it drain and end. */
  stop(): void;
}

export interface WorkerDeps {
  readonly sockets: Sockets;
  /** Where the edge's listeners belong now. */
  readonly listeners: () => ReadonlyMap<string, Bound>;
  /**
   * Whether a worker may listen: as long as others serve on the same sockets, only when it can serve what they serve, for
   * its share of all new connections comes to it.
   */
  readonly mayListen: (worker: Worker) => boolean;
  /** Whether it has opened every key that it can open now. */
  readonly hasKeys: (worker: Worker) => boolean;
  readonly onMessage: (message: EdgeMessage) => void;
  readonly onFollowed: () => void;
  readonly onError: (what: string, error: unknown) => void;
}

/** Takes a new worker on. */
export function takeOn(id: number, process: WorkerProcess, deps: WorkerDeps): Worker {
  const ready = Promise.withResolvers<void>();
  /** Sockets that it asked for and does not listen on yet, by question. */
  const pending = new Map<number, { readonly place: Place; given: boolean }>();
  const marks: number[] = [];
  let followed = -1;
  let isReady = false;
  let isLeaving = false;

  const review = (): void => {
    if (isReady && pending.size === 0) return;
    if (!deps.mayListen(worker)) return;
    for (const [question, socket] of pending) if (!socket.given) give(question, socket);
    if (followed < 0 || pending.size > 0 || isReady || !deps.hasKeys(worker)) return;
    isReady = true;
    ready.resolve();
  };
  const give = (question: number, socket: { readonly place: Place; given: boolean }): void => {
    socket.given = true;
    try {
      process.note({ kind: "socket", id: question }, deps.sockets.open(socket.place, []).handle);
    } catch (error) {
      deps.onError(`worker ${process.pid} could not be given a socket`, error);
    }
  };
  const answer = (question: number, place: Place, failed: readonly Bound[]): void => {
    const { listenerArn, address, port } = place;
    const now = deps.listeners().get(listenerArn);
    const refuse = (reason: string, code: string): void =>
      process.note({ kind: "no-place", id: question, reason, code });
    if (now?.port !== port || now.address !== address) {
      return refuse(`${listenerArn} was changed or deleted meanwhile`, "ECANCELED");
    }
    try {
      const { at } = deps.sockets.open(place, failed);
      process.note({ kind: "place", id: question, at, later: !deps.mayListen(worker) });
      pending.set(question, { place, given: false });
      review();
    } catch (error) {
      const { message, code = "EIO" } = error as NodeJS.ErrnoException;
      refuse(message, code);
    }
  };
  const line = openWorkerLine(process.frames, {
    hear(message) {
      if (message.kind === "ack") {
        followed = marks.shift() ?? followed;
        deps.onFollowed();
      } else deps.onMessage(message);
      review();
    },
    fail(error) {
      if (isLeaving) return;
      deps.onError(`the line to worker ${process.pid} broke`, error);
      process.kill();
    },
  });
  process.onNote((note) => {
    pending.delete(note.id);
    if (note.kind === "socket") answer(note.id, note.place, note.failed);
    else review();
  });
  const worker: Worker = {
    id,
    pid: process.pid,
    process,
    ready: ready.promise,
    get isReady() {
      return isReady;
    },
    get isLeaving() {
      return isLeaving;
    },
    tell(frames, mark) {
      if (mark !== undefined) marks.push(mark);
      line.send(frames);
    },
    get followed() {
      return followed;
    },
    room: () => line.room(),
    review,
    stop() {
      isLeaving = true;
      process.note({ kind: "stop" });
    },
  };
  return worker;
}
