import type { Socket as UdpSocket } from "node:dgram";
import type { AddressInfo, Server } from "node:net";

/** Where a listener is bound in the end. */
export interface Bound {
  readonly address: string;
  readonly port: number;
}

/** Where a listener belongs. */
export interface Place extends Bound {
  readonly listenerArn: string;
}

/** Gives listeners their sockets: those of this process alone, or those that all workers of an edge share. */
export interface Bindings {
  /** Has `server` listen where its listener belongs, or where it may. Rejects with the reason when there is nowhere. */
  listen(server: Server, place: Place): Promise<Bound>;
}

/** Where to try to listen for a listener of that address and port, in order. */
export type Attempts = (address: string, port: number) => readonly Bound[];

/** Sockets of this process alone. */
export function ownBindings(attempts: Attempts = bindAttempts): Bindings {
  return { listen: (server, { address, port }) => bind(server, attempts(address, port)) };
}

/**
 * The listener's own address and port; 8000 above it, for who may not bind low ports; any port; and the same on 127.0.0.1
 * where a machine does not have the address.
 */
export const bindAttempts: Attempts = (address, port) => {
  const ports = [port, ...(port + 8000 <= 65_535 ? [port + 8000] : []), 0];
  const addresses = address === "127.0.0.1" ? [address] : [address, "127.0.0.1"];
  return addresses.flatMap((one) => ports.map((another) => ({ address: one, port: another })));
};

/** Nowhere but there: clients of an edge's own addresses come by the DNS and find nothing elsewhere. */
export const onlyThere: Attempts = (address, port) => [{ address, port }];

/** Binds a server at the first place that is free and allowed. Rejects with the last reason when there is none. */
export async function bind(server: Server, attempts: readonly Bound[]): Promise<Bound> {
  let reason: unknown = new Error("there is nowhere to listen");
  for (const attempt of attempts) {
    try {
      return await listen(server, attempt);
    } catch (error) {
      reason = error;
      if (!isTakenOrForbidden(error)) break;
    }
  }
  throw reason;
}

/**
 * Binds a socket for datagrams at the first place that is free and allowed; all workers bind theirs there, and the kernel
 * gives each flow to one of them (SO_REUSEPORT). Rejects with the last reason when there is none.
 */
export async function bindDatagrams(socket: UdpSocket, attempts: readonly Bound[]): Promise<Bound> {
  let reason: unknown = new Error("there is nowhere to listen");
  for (const { address, port } of attempts) {
    try {
      return await new Promise<Bound>((resolve, reject) => {
        socket.once("error", reject);
        socket.bind({ address, port, exclusive: true }, () => {
          socket.off("error", reject);
          const at = socket.address();
          resolve({ address: at.address, port: at.port });
        });
      });
    } catch (error) {
      reason = error;
      if (!isTakenOrForbidden(error)) break;
    }
  }
  throw reason;
}

/** Whether another place may be free where this one was not. */
export function isTakenOrForbidden(error: unknown): boolean {
  return TAKEN_OR_FORBIDDEN.has((error as NodeJS.ErrnoException).code ?? "");
}

function listen(server: Server, { address, port }: Bound): Promise<Bound> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: address, port, exclusive: true, backlog: BACKLOG }, () => {
      server.off("error", reject);
      const at = server.address() as AddressInfo;
      resolve({ address: at.address, port: at.port });
    });
  });
}

/** How many connections wait to be accepted. */
export const BACKLOG = 4_096;
const TAKEN_OR_FORBIDDEN = new Set(["EACCES", "EPERM", "EADDRINUSE", "EADDRNOTAVAIL"]);
