import type { Duplex } from "node:stream";
import { frameReader } from "#domain/edge-frames.ts";
import { type EdgeMessage, readEdgeMessage } from "#domain/edge-messages.ts";

/** The line on which a worker is told what the control plane says, frame by frame, and tells what an edge tells. */
export interface WorkerLine {
  /** Sends frames in order, behind all that was sent before. */
  send(frames: readonly Buffer[]): void;
  /** Resolves when what was sent is as good as taken, or the worker is gone. */
  room(): Promise<void>;
}

export function openWorkerLine(
  stream: Duplex,
  { hear, fail }: { readonly hear: (message: EdgeMessage) => void; readonly fail: (error: unknown) => void },
): WorkerLine {
  /** What waits while the stream is full: frames are kept once, however many workers are told them. */
  const waiting: Buffer[] = [];
  let told: PromiseWithResolvers<void> | undefined;
  const flush = (): void => {
    let sent = 0;
    while (sent < waiting.length && !stream.writableNeedDrain) stream.write(waiting[sent++]);
    waiting.splice(0, sent);
    if (waiting.length > 0 && !stream.destroyed) return;
    told?.resolve();
    told = undefined;
  };
  stream.on("drain", flush);
  stream.on("error", fail);
  stream.on("close", () => {
    waiting.length = 0;
    flush();
  });
  const reader = frameReader();
  stream.on("data", (chunk: Buffer) => {
    try {
      for (const frame of reader.push(chunk)) {
        const message = readEdgeMessage(frame);
        if (message) hear(message);
      }
    } catch (error) {
      fail(error);
    }
  });
  return {
    send(frames) {
      if (stream.destroyed) return;
      for (const frame of frames) waiting.push(frame);
      flush();
    },
    room() {
      if (waiting.length === 0 || stream.destroyed) return Promise.resolve();
      told ??= Promise.withResolvers<void>();
      return told.promise;
    },
  };
}
