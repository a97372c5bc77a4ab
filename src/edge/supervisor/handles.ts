import net from "node:net";
import { getSystemErrorMap } from "node:util";
import type { Bound } from "#edge/bind.ts";

/** A TCP socket that is bound here and accepts in other processes only. */
export interface Handle {
  readonly fd: number;
  close(): void;
}

/**
 * Binds a socket without listening on it: who is given it listens, and for as long as it is open here no connection that
 * the kernel took is lost when that process dies. Throws an error with its code when the place is taken or forbidden.
 * `_createServerHandle` is not documented: node:cluster binds by it; `canBindHandles` guards it.
 */
export function bindHandle({ address, port }: Bound): { readonly handle: Handle; readonly at: Bound } {
  const handle = create(address, port, address.includes(":") ? 6 : 4, undefined);
  const at = whereIs(handle);
  // A bind that failed is told later only, by listen: until then the kernel says that the socket has another port.
  if (port !== 0 && at.port !== port) {
    handle.close();
    throw failure(-98, { address, port });
  }
  return { handle, at };
}

/** The socket of a file descriptor that this process was started with. Throws when there is none. */
export function handleOfFd(fd: number): { readonly handle: Handle; readonly at: Bound } {
  const handle = create(undefined, undefined, undefined, fd);
  return { handle, at: whereIs(handle) };
}

/** Whether this Node can bind sockets for other processes. */
export function canBindHandles(): boolean {
  try {
    const { handle } = bindHandle({ address: "127.0.0.1", port: 0 });
    const isThere = handle.fd >= 0;
    handle.close();
    return isThere;
  } catch {
    return false;
  }
}

function create(
  address: string | undefined,
  port: number | undefined,
  family: 4 | 6 | undefined,
  fd: number | undefined,
): NativeHandle {
  const made = (net as unknown as Internals)._createServerHandle(address, port, family, fd);
  if (typeof made === "number") throw failure(made, { address: address ?? `descriptor ${fd}`, port: port ?? 0 });
  return made;
}

function whereIs(handle: NativeHandle): Bound {
  const at: { address?: string; port?: number } = {};
  handle.getsockname(at);
  return { address: at.address ?? "", port: at.port ?? 0 };
}

function failure(errno: number, { address, port }: Bound): NodeJS.ErrnoException {
  const [code = "UNKNOWN", words = "unknown error"] = getSystemErrorMap().get(errno) ?? [];
  return Object.assign(new Error(`listen ${code}: ${words} ${address}:${port}`), { code, errno, address, port });
}

interface NativeHandle extends Handle {
  getsockname(at: object): number;
}

interface Internals {
  _createServerHandle(
    address: string | undefined,
    port: number | undefined,
    family: 4 | 6 | undefined,
    fd: number | undefined,
  ): NativeHandle | number;
}
