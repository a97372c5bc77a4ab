import type { SecureContext } from "node:tls";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { closeContext } from "./secure-contexts.ts";

/** The contexts of one version of a certificate: one for each use of it. */
export interface Contexts {
  /** The context if it is there. */
  ready(name: string): SecureContext | undefined;
  /** The context, built when it is not there. A failure is remembered for a second, so that KMS is not flooded. */
  of(name: string, bytes: number, build: () => Promise<SecureContext>): Promise<SecureContext>;
  names(): readonly string[];
  /** Does `act` to every context that is there. */
  each(act: (name: string, context: SecureContext) => void): void;
  forget(name: string): void;
  /** Takes the keys out of memory; those still being built are closed as they come, and `of` rejects. */
  close(): void;
}

/** Keys in memory, over all certificates: bounded in number and in bytes, the longest unused go first. */
export interface ContextCache {
  contexts(): Contexts;
  /** Whether one more would push another out. */
  readonly full: boolean;
  readonly size: number;
  /** About how much memory they take. */
  readonly bytes: number;
}

export interface CacheBounds {
  readonly most: number;
  readonly mostBytes: number;
}

export function contextCache({ most, mostBytes }: CacheBounds, { clock }: { readonly clock: Clock }): ContextCache {
  const used = new Set<Slot>();
  let bytes = 0;
  const use = (slot: Slot): void => {
    if (used.delete(slot)) bytes -= slot.bytes;
    used.add(slot);
    bytes += slot.bytes;
    if (used.size <= most && bytes <= mostBytes) return;
    for (const oldest of used) {
      if ((used.size <= most && bytes <= mostBytes) || oldest === slot) break;
      if (oldest.context || oldest.failedAt !== undefined) oldest.leave();
    }
  };
  const leave = (slot: Slot): void => {
    if (used.delete(slot)) bytes -= slot.bytes;
  };
  return {
    get full() {
      return used.size >= most || bytes >= mostBytes;
    },
    get size() {
      return used.size;
    },
    get bytes() {
      return bytes;
    },
    contexts() {
      const slots = new Map<string, Slot>();
      let closed = false;
      const make = (name: string, size: number, build: () => Promise<SecureContext>): Slot => {
        const slot: Slot = {
          bytes: size,
          leave() {
            leave(slot);
            if (slots.get(name) === slot) slots.delete(name);
            slot.left = true;
            if (slot.context) closeSoon(slot.context);
          },
          ready: build().then(
            (context) => {
              if (closed || slot.left) closeSoon(context);
              if (closed) throw new KeyGone();
              if (!slot.left) slot.context = context;
              return context;
            },
            (error: unknown) => {
              slot.failedAt = clock.now().getTime();
              throw error;
            },
          ),
        };
        slot.ready.catch(() => {});
        slots.set(name, slot);
        return slot;
      };
      return {
        ready(name) {
          const slot = slots.get(name);
          if (!slot?.context) return undefined;
          use(slot);
          return slot.context;
        },
        of(name, size, build) {
          if (closed) return Promise.reject(new KeyGone());
          const known = slots.get(name);
          const stale = known?.failedAt !== undefined && clock.now().getTime() - known.failedAt >= REMEMBERED;
          const slot = known && !stale ? known : make(name, size, build);
          if (known && stale) leave(known);
          use(slot);
          return slot.ready;
        },
        names: () => [...slots.keys()],
        each(act) {
          for (const [name, { context }] of slots) if (context) act(name, context);
        },
        forget: (name) => slots.get(name)?.leave(),
        close() {
          closed = true;
          for (const slot of slots.values()) slot.leave();
        },
      };
    },
  };
}

/** The key was dropped while a handshake waited for it. */
export class KeyGone extends Error {
  override readonly name = "KeyGone";
}

/** A handshake that was just given the context begins in this turn; under a closed context it could not, but it ends well. */
function closeSoon(context: SecureContext): void {
  setImmediate(closeContext, context);
}

interface Slot {
  readonly bytes: number;
  readonly ready: Promise<SecureContext>;
  context?: SecureContext;
  failedAt?: number;
  left?: boolean;
  leave(): void;
}

const REMEMBERED: Millis = SECOND;
