import { type Attempts, type Bound, isTakenOrForbidden, type Place } from "#edge/bind.ts";
import { bindHandle, type Handle, handleOfFd } from "./handles.ts";

/** The listening sockets of an edge. They are the supervisor's; its workers are given them. */
export interface Sockets {
  /**
   * The socket of a listener, bound now if it is not yet. A place in `failed` turned out to be none: another is tried.
   * Throws the reason when there is nowhere.
   */
  open(place: Place, failed: readonly Bound[]): { readonly handle: Handle; readonly at: Bound };
  /** Closes the sockets of all others. Who was given one must close it, too, before clients are refused. */
  keep(places: ReadonlyMap<string, Bound>): void;
  close(): void;
}

/** A socket that outlived the supervisor which had it: descriptor `fd` of this process. */
export interface Inherited {
  readonly place: Place;
  readonly fd: number;
}

export function openSockets(attempts: Attempts, inherited: readonly Inherited[] = []): Sockets {
  const open = new Map<string, Open>();
  for (const { place, fd } of inherited) open.set(place.listenerArn, { wanted: place, ...handleOfFd(fd) });
  const close = (listenerArn: string): void => {
    open.get(listenerArn)?.handle.close();
    open.delete(listenerArn);
  };
  const bindFor = (place: Place, failed: readonly Bound[]): Open => {
    let reason: unknown = new Error("there is nowhere to listen");
    for (const attempt of attempts(place.address, place.port)) {
      if (attempt.port !== 0 && failed.some((one) => isSame(one, attempt))) continue;
      const other = [...open.values()].find(({ at }) => attempt.port !== 0 && isSame(at, attempt));
      if (other) {
        reason = taken(attempt, other.wanted.listenerArn);
        continue;
      }
      try {
        return { wanted: place, ...bindHandle(attempt) };
      } catch (error) {
        reason = error;
        if (!isTakenOrForbidden(error)) break;
      }
    }
    throw reason;
  };
  return {
    open(place, failed) {
      const { listenerArn } = place;
      const known = open.get(listenerArn);
      if (known && isSame(known.wanted, place) && !failed.some((one) => isSame(one, known.at))) return known;
      close(listenerArn);
      const bound = bindFor(place, failed);
      open.set(listenerArn, bound);
      return bound;
    },
    keep(places) {
      for (const [arn, { wanted }] of open) {
        const place = places.get(arn);
        if (!place || !isSame(place, wanted)) close(arn);
      }
    },
    close() {
      for (const arn of open.keys()) close(arn);
    },
  };
}

interface Open {
  readonly wanted: Place;
  readonly handle: Handle;
  readonly at: Bound;
}

function isSame(one: Bound, other: Bound): boolean {
  return one.port === other.port && one.address === other.address;
}

function taken({ address, port }: Bound, listenerArn: string): NodeJS.ErrnoException {
  const error = new Error(`port ${port} of ${address} is taken by the listener ${listenerArn}`);
  return Object.assign(error, { code: "EADDRINUSE", address, port });
}
