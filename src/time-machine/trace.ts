import { runningDigest } from "#lib/running-digest.ts";

/** Everything that happens in the simulated world. */
export const HAPPENINGS = [
  "requested",
  "records written",
  "attached",
  "detached",
  "record withdrawn",
  "record restored",
  "deleted",
  "looked up",
  "renewal due",
  "renewal begun anew",
  "ordered",
  "could not be ordered",
  "issued",
  "renewed",
  "timed out",
  "expired",
  "revoked",
  "to be replaced",
  "node died",
  "out of order",
  "in order again",
  "new issuer",
] as const;

export type Happening = (typeof HAPPENINGS)[number];

/** One thing that happened; `value` says how long, how many or which, as the happening has it. */
export interface Event {
  readonly at: number;
  readonly what: Happening;
  /** The number of the slot; for what is no certificate's the number of the system. */
  readonly subject: number;
  readonly value: number;
}

/** Everything that happened, in order: 16 bytes each, of which only the digest is kept. */
export interface Trace {
  readonly count: number;
  write(at: number, what: Happening, subject: number, value: number): void;
  /** SHA-256 over the whole trace. */
  end(): string;
}

/** `onEvent` is shown every event; it costs time. */
export function newTrace(onEvent: ((event: Event) => void) | undefined): Trace {
  const digest = runningDigest();
  const block = new DataView(new ArrayBuffer(BLOCK * RECORD));
  const codes = new Map(HAPPENINGS.map((name, code) => [name, code]));
  let filled = 0;
  let count = 0;
  const flush = (): void => {
    digest.add(new Uint8Array(block.buffer, 0, filled * RECORD));
    filled = 0;
  };
  return {
    get count() {
      return count;
    },
    write(at, what, subject, value) {
      const place = filled * RECORD;
      block.setFloat64(place, at);
      block.setUint32(place + 8, ((codes.get(what) ?? 0) << 24) | subject);
      block.setUint32(place + 12, value);
      count += 1;
      filled += 1;
      if (filled === BLOCK) flush();
      onEvent?.({ at, what, subject, value });
    },
    end() {
      flush();
      return digest.end();
    },
  };
}

const RECORD = 16;
const BLOCK = 4096;
