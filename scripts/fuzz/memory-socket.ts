import { EventEmitter } from "node:events";
import type { Socket } from "node:net";

/** A socket without a network: what is written is kept, what arrives is said. */
export interface MemorySocket {
  readonly socket: Socket;
  /** Says that this has come, unless nobody listens any more. */
  arrive(bytes: Buffer): void;
  /** Says that the other side says no more. */
  finish(): void;
  readonly written: () => string;
  readonly ended: () => boolean;
  readonly destroyed: () => boolean;
}

export function memorySocket(): MemorySocket {
  let written = "";
  const state = { destroyed: false, writableEnded: false, writableLength: 0, writable: true, allowHalfOpen: true };
  const socket = Object.assign(new EventEmitter(), state, {
    write(piece: Uint8Array | string, ...more: readonly unknown[]) {
      written += typeof piece === "string" ? piece : Buffer.from(piece).toString("latin1");
      const done = more.at(-1);
      if (typeof done === "function") queueMicrotask(() => done());
      return true;
    },
    end() {
      socket.writableEnded = true;
      socket.writable = false;
    },
    destroy() {
      socket.destroyed = true;
      socket.writable = false;
    },
    resetAndDestroy() {
      socket.destroy();
    },
    pause: () => socket,
    resume: () => socket,
  });
  return {
    socket: socket as unknown as Socket,
    arrive: (bytes) => {
      if (!socket.destroyed) socket.emit("data", bytes);
    },
    finish: () => {
      if (!socket.destroyed) socket.emit("end");
    },
    written: () => written,
    ended: () => socket.writableEnded,
    destroyed: () => socket.destroyed,
  };
}
