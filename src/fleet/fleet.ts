import type { Duplex } from "node:stream";
import { EDGE_PROTOCOL } from "#domain/edge-frames.ts";
import type { Caller } from "#domain/names.ts";
import { DAY, HOUR, later, type Millis } from "#lib/duration.ts";
import { forgetEdgeChanges } from "#store/edge-changes.ts";
import { type Link, type LinkDeps, openLink } from "./link.ts";

/** The edges that are connected to this control node. */
export interface Fleet {
  /**
   * Takes over a connection whose request asked for the edges' protocol, after `caller` was proved to be an edge.
   * `head` is what came behind the request. An older connection of the same edge is closed.
   */
  accept(socket: Duplex, head: Buffer, caller: Caller): void;
  /** Tells edges at once what was announced. Without it they hear of it within a second. */
  wake(): void;
  /** How many edges are connected here. */
  readonly connected: number;
  close(): void;
}

export interface FleetDeps extends LinkDeps {
  /** A connection was lost; the edge comes back by itself. */
  readonly onLoss: (edge: string, error: unknown) => void;
  readonly onError: (error: unknown) => void;
}

export function openFleet(deps: FleetDeps): Fleet {
  const links = new Map<string, Link>();
  const forgetting = setInterval(() => {
    forgetEdgeChanges(deps.store, later(deps.clock.now(), -KEPT).getTime()).catch(deps.onError);
  }, HOUR).unref();
  return {
    accept(socket, head, caller) {
      socket.on("error", () => socket.destroy());
      socket.write(`HTTP/1.1 101 Switching Protocols\r\nConnection: Upgrade\r\nUpgrade: ${EDGE_PROTOCOL}\r\n\r\n`);
      if (head.length > 0) socket.unshift(head);
      const link = openLink(socket, caller, deps);
      links.get(link.edge)?.close();
      links.set(link.edge, link);
      void link.ended
        .catch((error: unknown) => deps.onLoss(link.edge, error))
        .finally(() => {
          if (links.get(link.edge) === link) links.delete(link.edge);
        });
    },
    wake() {
      for (const link of links.values()) link.wake();
    },
    get connected() {
      return links.size;
    },
    close() {
      clearInterval(forgetting);
      for (const link of links.values()) link.close();
    },
  };
}

/** How long changes are kept; an edge that was away for longer is told everything. */
const KEPT: Millis = DAY;
