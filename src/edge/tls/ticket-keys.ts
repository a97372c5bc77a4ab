import { createHash, randomBytes } from "node:crypto";
import { HOUR, type Millis } from "#lib/duration.ts";
import { hkdf } from "#lib/hkdf.ts";
import type { Timers } from "#lib/timers.ts";

/**
 * The secret that the keys of session tickets are derived from: the same in all workers of an edge, so that a client
 * may come back to any of them; in memory only; another one after each rotation, and then earlier tickets are worthless.
 */
export interface TicketSeed {
  /** 32 bytes. */
  readonly seed: Uint8Array;
  /** Tells each listener to this seed of its rotations; answers the way to stop that. */
  onRotation(act: () => void): () => void;
}

/** A seed that somebody else keeps and rotates: a worker's, told by its supervisor. */
export interface HeldTicketSeed extends TicketSeed {
  /** Takes over a new seed (32 bytes); the one before is wiped. */
  rotate(seed: Uint8Array): void;
}

export function ticketSeed(first: Uint8Array = randomBytes(SEED_BYTES)): HeldTicketSeed {
  let current = checked(first);
  const told = new Set<() => void>();
  return {
    get seed() {
      return current;
    },
    onRotation(act) {
      told.add(act);
      return () => told.delete(act);
    },
    rotate(seed) {
      const before = current;
      current = checked(seed);
      before.fill(0);
      for (const act of told) act();
    },
  };
}

/** A seed of this process alone, rotated every twelve hours. */
export function ownTicketSeed({ timers }: { readonly timers: Timers }): TicketSeed {
  const held = ticketSeed();
  const rotate = (): void => {
    held.rotate(randomBytes(SEED_BYTES));
    timers.after(ROTATION, rotate);
  };
  timers.after(ROTATION, rotate);
  return held;
}

/** What a session may be resumed for; a ticket is worth nothing where any of it differs. */
export interface TicketUse {
  readonly listenerArn: string;
  readonly certificateArn: string;
  /** Another grant of the same certificate is another use: what was revoked does not come back with it. */
  readonly grantToken: string;
}

/** The 48 bytes that node:tls takes for ticket keys. The caller wipes them. */
export function ticketKeys({ listenerArn, certificateArn, grantToken }: TicketUse, { seed }: TicketSeed): Buffer {
  const info = infoOf([listenerArn, certificateArn, grantToken]);
  return hkdf(seed, NO_SALT, info, 48).bytes;
}

/** HKDF's `info` may have 1024 bytes; a grant token alone may be longer. */
function infoOf(parts: readonly string[]): Buffer {
  return createHash("sha256")
    .update(JSON.stringify(["session tickets", ...parts]))
    .digest();
}

function checked(seed: Uint8Array): Buffer {
  if (seed.length !== SEED_BYTES) throw new RangeError(`a ticket seed has ${SEED_BYTES} bytes, not ${seed.length}`);
  return Buffer.from(seed);
}

export const SEED_BYTES = 32;
const ROTATION: Millis = 12 * HOUR;
const NO_SALT = Buffer.alloc(0);
