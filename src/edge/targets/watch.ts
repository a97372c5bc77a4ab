import type { Clock } from "#lib/clock.ts";
import type { Millis } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";

/** Something that is over when nothing moves for too long. */
export interface Watched {
  /** How much has moved so far: any number that changes when something does. */
  readonly moved: number;
  readonly idle: Millis;
  tooQuiet(): void;
}

/** Looks at all that is under way twice a second, with one timer: what is done in time costs two operations on a set. */
export interface Watch {
  add(watched: Watched): void;
  remove(watched: Watched): void;
}

export function openWatch({ clock, timers }: { readonly clock: Clock; readonly timers: Timers }): Watch {
  /** What had moved when it was last looked at, and since when nothing has. */
  const all = new Map<Watched, Seen | undefined>();
  let looking = false;
  const look = (): void => {
    const now = clock.now().getTime();
    for (const [watched, seen] of all) {
      const { moved } = watched;
      if (seen?.moved !== moved) all.set(watched, { moved, since: now });
      else if (now - seen.since >= watched.idle) {
        all.delete(watched);
        watched.tooQuiet();
      }
    }
    looking = all.size > 0;
    if (looking) timers.after(LOOK, look);
  };
  return {
    add(watched) {
      all.set(watched, undefined);
      if (looking) return;
      looking = true;
      timers.after(LOOK, look);
    },
    remove(watched) {
      all.delete(watched);
    },
  };
}

interface Seen {
  readonly moved: number;
  readonly since: number;
}

const LOOK: Millis = 500;
