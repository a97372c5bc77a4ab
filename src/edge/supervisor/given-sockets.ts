import type { Server } from "node:net";
import { BACKLOG, type Bindings, type Bound, type Place } from "#edge/bind.ts";
import type { SupervisorNote, WorkerNote } from "./notes.ts";

/** Sockets that the supervisor binds and all workers listen on. */
export interface GivenSockets extends Bindings {
  /** Takes what the supervisor says of sockets; `handle` is what came with it. */
  take(note: SupervisorNote, handle: unknown): void;
  /** On what listeners listen here, with the descriptors of their sockets. */
  listening(): readonly { readonly place: Place; readonly fd: number }[];
}

export function givenSockets(ask: (note: WorkerNote) => void): GivenSockets {
  const questions = new Map<number, Question>();
  const listening = new Map<Server, Place>();
  let last = 0;

  const put = (question: Question): void => {
    const id = ++last;
    questions.set(id, question);
    ask({ kind: "socket", id, place: question.place, failed: question.failed });
  };
  const settle = (id: number): void => {
    questions.delete(id);
    ask({ kind: "settled", id });
  };
  const listen = (id: number, question: Question, handle: unknown): void => {
    const { server, place, at } = question;
    const fail = (error: NodeJS.ErrnoException): void => {
      questions.delete(id);
      // Somebody else bound it, too, and listened first: another place is tried.
      if (error.code === "EADDRINUSE" && at) put({ ...question, failed: [...question.failed, at] });
      else {
        ask({ kind: "settled", id });
        question.reject(error);
      }
    };
    server.once("error", fail);
    server.listen(handle as object, BACKLOG, () => {
      server.off("error", fail);
      listening.set(server, place);
      server.once("close", () => listening.delete(server));
      if (at) question.resolve(at);
      settle(id);
    });
  };

  return {
    listen(server, place) {
      const { promise, resolve, reject } = Promise.withResolvers<Bound>();
      const question: Question = { server, place, failed: [], at: undefined, closed: false, resolve, reject };
      server.once("close", () => (question.closed = true));
      put(question);
      return promise;
    },
    take(note, handle) {
      if (note.kind !== "place" && note.kind !== "no-place" && note.kind !== "socket") return;
      const question = questions.get(note.id);
      if (!question || question.closed) {
        if (note.kind !== "place") settle(note.id);
        (handle as { close(): void } | undefined)?.close();
        return;
      }
      switch (note.kind) {
        case "place":
          question.at = note.at;
          if (note.later) question.resolve(note.at);
          return;
        case "socket":
          return listen(note.id, question, handle);
        case "no-place":
          questions.delete(note.id);
          question.reject(Object.assign(new Error(note.reason), { code: note.code }));
      }
    },
    listening: () =>
      [...listening].flatMap(([server, place]) => {
        const { fd = -1 } = (server as unknown as { readonly _handle: { readonly fd: number } | null })._handle ?? {};
        return fd < 0 ? [] : [{ place, fd }];
      }),
  };
}

interface Question {
  readonly server: Server;
  readonly place: Place;
  readonly failed: readonly Bound[];
  at: Bound | undefined;
  closed: boolean;
  readonly resolve: (at: Bound) => void;
  readonly reject: (error: Error) => void;
}
