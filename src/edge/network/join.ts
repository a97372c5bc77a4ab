import type { Socket } from "node:net";
import type { Millis } from "#lib/duration.ts";

/** Lets two connections talk, each as fast as the other reads, until both have ended, one breaks, or both are silent for `idle`. */
export function join(a: Socket, b: Socket, idle: Millis): void {
  const end = (): void => {
    a.destroy();
    b.destroy();
  };
  for (const socket of [a, b]) {
    socket.setTimeout(idle, end);
    socket.on("error", end);
    socket.on("close", end);
  }
  a.pipe(b);
  b.pipe(a);
  if (a.destroyed || b.destroyed) end();
}
