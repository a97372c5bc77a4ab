import type { Clock } from "#lib/clock.ts";
import { type Millis, SECOND } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import type { Station } from "./station.ts";
import type { OpenTargetConnection, TargetConnection, TargetSocket } from "./target-connection.ts";
import { type DialFailure, dial } from "./target-socket.ts";

/** Who wants a connection. One of the two is called, once, unless it is given up before. */
export interface Waiter {
  connected(kept: KeptConnection): void;
  unreachable(failure: DialFailure): void;
}

/** Connections to targets, kept for the next request. */
export interface Pools {
  /** Gives a connection with room at once if there is one, otherwise when there is one. */
  acquire(station: Station, wish: Wish, waiter: Waiter): void;
  /** The waiter does not want one any more. */
  giveUp(station: Station, wish: Wish, waiter: Waiter): void;
  /** How many there are: used, kept and being made. */
  readonly connections: number;
  close(): void;
}

export interface Wish {
  /** The security policy for HTTPS targets. */
  readonly targetPolicy: string;
  /** How long a connection may be kept without a request. */
  readonly idle: Millis;
  /** Not one that was kept: the target may have closed it. */
  readonly fresh: boolean;
}

export interface PoolsDeps {
  readonly clock: Clock;
  readonly timers: Timers;
  readonly http1: OpenTargetConnection;
  readonly http2: OpenTargetConnection;
}

/** A connection in use or kept. Whoever sends a request on it counts it in `active` until the exchange has ended. */
export class KeptConnection {
  readonly connection: TargetConnection;
  active = 0;
  idleSince = 0;
  /** It lies on the stack of those that may have room. */
  stacked = false;

  constructor(connection: TargetConnection) {
    this.connection = connection;
  }
}

export function openPools(deps: PoolsDeps): Pools {
  const known = new Map<Station, StationPools>();
  const poolOf = (station: Station, wish: Wish): Pool => {
    let pools = known.get(station);
    if (!pools) {
      pools = { byPolicy: new Map(), forget: station.onEnd(() => forget(station)) };
      known.set(station, pools);
    }
    const policy = policyFor(station, wish);
    let pool = pools.byPolicy.get(policy);
    if (!pool) {
      pool = new Pool(station, policy, deps);
      pools.byPolicy.set(policy, pool);
    }
    return pool;
  };
  const forget = (station: Station): void => {
    const pools = known.get(station);
    known.delete(station);
    pools?.forget();
    for (const pool of pools?.byPolicy.values() ?? []) pool.close();
  };
  let cancelSweep = deps.timers.after(SWEEP, sweep);
  function sweep(): void {
    for (const [station, { byPolicy }] of known) {
      for (const [policy, pool] of byPolicy) if (pool.sweep()) byPolicy.delete(policy);
      if (byPolicy.size === 0) forget(station);
    }
    cancelSweep = deps.timers.after(SWEEP, sweep);
  }
  return {
    acquire(station, wish, waiter) {
      if (station.ended) waiter.unreachable({ kind: "refused", error: new Error("the target is gone") });
      else poolOf(station, wish).acquire(wish, waiter);
    },
    giveUp: (station, wish, waiter) => known.get(station)?.byPolicy.get(policyFor(station, wish))?.giveUp(waiter),
    get connections() {
      let sum = 0;
      for (const { byPolicy } of known.values()) for (const pool of byPolicy.values()) sum += pool.connections;
      return sum;
    },
    close() {
      cancelSweep();
      for (const station of known.keys()) forget(station);
    },
  };
}

interface StationPools {
  readonly byPolicy: Map<string, Pool>;
  /** Stops waiting for the end of the station. */
  readonly forget: () => void;
}

function policyFor(station: Station, { targetPolicy }: Wish): string {
  return station.group.protocol === "HTTPS" ? targetPolicy : "";
}

interface Dialling {
  /** Whose connection it is; undefined: that of whoever waits longest. */
  readonly owner: Waiter | undefined;
  cancel: () => void;
}

/** The connections to one target, with one security policy. */
class Pool {
  readonly #station: Station;
  readonly #policy: string;
  readonly #deps: PoolsDeps;
  readonly #http2: boolean;
  readonly #all = new Set<KeptConnection>();
  /** The last one used lies on top: those below grow idle and are closed. */
  #stack: KeptConnection[] = [];
  readonly #dialling = new Set<Dialling>();
  #waiting: Waiter[] = [];
  #idle: Millis = 0;
  #session: Buffer | undefined;
  #unusedSweeps = 0;

  constructor(station: Station, policy: string, deps: PoolsDeps) {
    this.#station = station;
    this.#policy = policy;
    this.#deps = deps;
    this.#http2 = station.group.protocolVersion !== "HTTP1";
  }

  acquire({ idle, fresh }: Wish, waiter: Waiter): void {
    this.#idle = idle;
    if (fresh) return this.#dial(waiter);
    const kept = this.#waiting.length === 0 ? this.#top() : undefined;
    if (kept) return waiter.connected(kept);
    this.#waiting.push(waiter);
    this.#dialMore();
  }

  giveUp(waiter: Waiter): void {
    this.#waiting = this.#waiting.filter((one) => one !== waiter);
    for (const dialling of this.#dialling) {
      if (dialling.owner !== waiter) continue;
      this.#dialling.delete(dialling);
      dialling.cancel();
    }
  }

  get connections(): number {
    return this.#all.size + this.#dialling.size;
  }

  /** Closes what was idle for too long; true when nothing has been here for a while. */
  sweep(): boolean {
    const before = this.#deps.clock.now().getTime() - this.#idle;
    for (const kept of this.#all) {
      if (kept.active === 0 && (kept.idleSince <= before || this.#station.target.draining)) kept.connection.destroy();
    }
    if (this.#stack.length > this.#all.size) this.#stack = this.#stack.filter(({ connection }) => connection.open);
    const unused = this.#all.size + this.#dialling.size + this.#waiting.length === 0;
    this.#unusedSweeps = unused ? this.#unusedSweeps + 1 : 0;
    return this.#unusedSweeps > KEPT_SWEEPS;
  }

  /** Ends all connections, with what goes on on them. */
  close(): void {
    for (const { cancel } of this.#dialling) cancel();
    const owners = [...this.#dialling].flatMap(({ owner }) => owner ?? []);
    this.#dialling.clear();
    const waiting = [...this.#waiting, ...owners];
    this.#waiting = [];
    for (const { connection } of this.#all) connection.destroy();
    for (const waiter of waiting) waiter.unreachable({ kind: "refused", error: new Error("the target is gone") });
  }

  /** A connection with room; those without are taken off the stack, and come back when they have some. */
  #top(): KeptConnection | undefined {
    for (;;) {
      const kept = this.#stack.at(-1);
      if (!kept || kept.connection.room > 0) return kept;
      kept.stacked = false;
      this.#stack.pop();
    }
  }

  #dialMore(): void {
    // One for each that waits; in HTTP/2 the first one will do for many.
    const wanted = this.#http2 ? Math.ceil(this.#waiting.length / STREAMS) : this.#waiting.length;
    while (this.#dialling.size < wanted && this.#all.size + this.#dialling.size < MOST_CONNECTIONS)
      this.#dial(undefined);
  }

  #dial(owner: Waiter | undefined): void {
    const { address, port } = this.#station.target;
    const dialling: Dialling = { owner, cancel: () => {} };
    this.#dialling.add(dialling);
    const tls =
      this.#policy === ""
        ? undefined
        : {
            policy: this.#policy,
            http2: this.#http2,
            session: this.#session,
            onSession: (session: Buffer) => {
              this.#session = session;
            },
          };
    dialling.cancel = dial({ address, port, tls }, this.#deps, {
      connected: (socket) => {
        this.#dialling.delete(dialling);
        const kept = this.#keep(socket);
        if (owner) owner.connected(kept);
        else this.#serve();
      },
      unreachable: (failure) => {
        this.#dialling.delete(dialling);
        if (owner) return owner.unreachable(failure);
        // All that one connection would have served.
        for (const waiter of this.#waiting.splice(0, this.#http2 ? STREAMS : 1)) waiter.unreachable(failure);
        this.#dialMore();
      },
    });
  }

  #keep(socket: TargetSocket): KeptConnection {
    const connection = (this.#http2 ? this.#deps.http2 : this.#deps.http1)(socket);
    const kept = new KeptConnection(connection);
    kept.idleSince = this.#deps.clock.now().getTime();
    this.#all.add(kept);
    const changed = (): void => {
      if (!connection.open) {
        this.#all.delete(kept);
        if (this.#waiting.length > 0) this.#dialMore();
        return;
      }
      if (connection.room === 0) return;
      if (!kept.stacked) {
        kept.stacked = true;
        this.#stack.push(kept);
      }
      if (this.#waiting.length > 0) this.#serve();
    };
    connection.onChange(changed);
    changed();
    return kept;
  }

  #serve(): void {
    while (this.#waiting.length > 0) {
      const kept = this.#top();
      if (!kept) return this.#dialMore();
      this.#waiting.shift()?.connected(kept);
    }
  }
}

const SWEEP: Millis = SECOND;
/** How long a pool without connections stays, for its TLS session. */
const KEPT_SWEEPS = 300;
/** To one target, from one process. */
const MOST_CONNECTIONS = 1024;
/** What most HTTP/2 servers take at once. */
const STREAMS = 100;
