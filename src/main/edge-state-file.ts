import { closeSync, fsyncSync, ftruncateSync, openSync, readFileSync, renameSync, writeSync } from "node:fs";
import { frameReader } from "#domain/edge-frames.ts";
import { type ControlMessage, readControlMessage } from "#domain/edge-messages.ts";
import type { StateLog } from "#edge/supervisor/state-log.ts";

/**
 * The state of an edge in a file that only its owner may read. Changes are appended; a new file takes its place, whole or
 * not at all, when the old one has become twice as long as it need be. `onError` is told when nothing can be written: the
 * edge goes on, and the file is written anew as soon as that is possible.
 */
export function stateFile(path: string, onError: (error: unknown) => void): StateLog {
  let file: number | undefined;
  let length = 0;
  /** What is in the file does not lead to the present state. */
  let broken = false;

  const write = (target: number, bytes: Buffer): void => {
    for (let at = 0; at < bytes.length; ) at += writeSync(target, bytes, at);
  };
  const rewrite = (frames: readonly Buffer[]): void => {
    const draft = `${path}.new`;
    const fresh = openSync(draft, "w", 0o600);
    try {
      write(fresh, MAGIC);
      for (const frame of frames) write(fresh, frame);
      fsyncSync(fresh);
      renameSync(draft, path);
    } catch (error) {
      closeSync(fresh);
      throw error;
    }
    if (file !== undefined) closeSync(file);
    file = fresh;
    length = MAGIC.length + frames.reduce((sum, frame) => sum + frame.length, 0);
    broken = false;
  };
  return {
    load() {
      const { messages, end } = read(path);
      length = end;
      broken = end === 0;
      return messages;
    },
    append(frame, state) {
      try {
        if (broken || length > 2 * state.bytes + SLACK) return rewrite(state.snapshot());
        file ??= reopen(path, length);
        write(file, frame);
        length += frame.length;
      } catch (error) {
        if (!broken) onError(error);
        broken = true;
      }
    },
  };
}

/** What is whole at the beginning of the file, and where that ends; 0 when it is no file of ours. */
function read(path: string): { readonly messages: readonly ControlMessage[]; readonly end: number } {
  const messages: ControlMessage[] = [];
  let bytes: Buffer;
  try {
    bytes = readFileSync(path);
  } catch {
    return { messages, end: 0 };
  }
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) return { messages, end: 0 };
  let at = MAGIC.length;
  while (at + 4 <= bytes.length) {
    const end = at + 4 + bytes.readUInt32BE(at);
    if (end > bytes.length) break;
    try {
      for (const frame of frameReader().push(bytes.subarray(at, end))) {
        const message = readControlMessage(frame);
        if (message) messages.push(message);
      }
    } catch {
      break;
    }
    at = end;
  }
  return { messages, end: at };
}

/** Opens the file behind what was read of it. */
function reopen(path: string, length: number): number {
  const file = openSync(path, "r+");
  ftruncateSync(file, length);
  closeSync(file);
  return openSync(path, "a", 0o600);
}

/** Another version begins otherwise. */
const MAGIC = Buffer.from("sealkeeper edge state 1\n");
/** A short file is not written anew at every change. */
const SLACK = 2 ** 20;
