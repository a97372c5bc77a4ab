import type { SecureContext } from "node:tls";
import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import { closeContext } from "./secure-contexts.ts";

/** The contexts of one version of a certificate: one for each listener and policy that needs it. */
export interface Contexts {
  /** The context, built when it is not there. A failure is remembered for a second, so that KMS is not flooded. */
  of(name: string, build: () => Promise<SecureContext>): Promise<SecureContext>;
  names(): readonly string[];
  forget(name: string): void;
  /** Takes the keys out of memory; those still being built are closed as they come, and `of` rejects. */
  close(): void;
}

/** Keys in memory, over all certificates: at most `most`, the longest unused go first. */
export interface ContextCache {
  contexts(): Contexts;
  /** Whether one more would push another out. */
  readonly full: boolean;
}

export function contextCache(most: number, { clock }: { readonly clock: Clock }): ContextCache {
  const used = new Set<Slot>();
  const use = (slot: Slot): void => {
    used.delete(slot);
    used.add(slot);
    for (const oldest of used) {
      if (used.size <= most) break;
      if (oldest.context || oldest.failedAt !== undefined) oldest.leave();
    }
  };
  return {
    get full() {
      return used.size >= most;
    },
    contexts() {
      const slots = new Map<string, Slot>();
      let closed = false;
      const make = (name: string, build: () => Promise<SecureContext>): Slot => {
        const slot: Slot = {
          leave() {
            used.delete(slot);
            if (slots.get(name) === slot) slots.delete(name);
            if (slot.context) closeSoon(slot.context);
          },
          ready: build().then(
            (context) => {
              if (closed) {
                closeSoon(context);
                throw new KeyGone();
              }
              slot.context = context;
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
        of(name, build) {
          if (closed) return Promise.reject(new KeyGone());
          const known = slots.get(name);
          const stale = known?.failedAt !== undefined && clock.now().getTime() - known.failedAt >= REMEMBERED;
          const slot = known && !stale ? known : make(name, build);
          if (known && stale) used.delete(known);
          use(slot);
          return slot.ready;
        },
        names: () => [...slots.keys()],
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
  readonly ready: Promise<SecureContext>;
  context?: SecureContext;
  failedAt?: number;
  leave(): void;
}

const REMEMBERED: Millis = SECOND;
