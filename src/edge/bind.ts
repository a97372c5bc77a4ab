import type { AddressInfo, Server } from "node:net";

/** Where a listener is bound in the end. */
export interface Bound {
  readonly address: string;
  readonly port: number;
}

/**
 * Where to try to listen, in this order: the listener's own address and port; 8000 above it, for who may not bind low
 * ports; any port; and the same on 127.0.0.1 where a machine does not have the address.
 */
export function bindAttempts(address: string, port: number): readonly Bound[] {
  const ports = [port, ...(port + 8000 <= 65_535 ? [port + 8000] : []), 0];
  const addresses = address === "127.0.0.1" ? [address] : [address, "127.0.0.1"];
  return addresses.flatMap((one) => ports.map((another) => ({ address: one, port: another })));
}

/** Binds a server at the first place that is free and allowed. Rejects with the last reason when there is none. */
export async function bind(server: Server, attempts: readonly Bound[]): Promise<Bound> {
  let reason: unknown = new Error("there is nowhere to listen");
  for (const attempt of attempts) {
    try {
      return await listen(server, attempt);
    } catch (error) {
      reason = error;
      if (!TAKEN_OR_FORBIDDEN.has((error as NodeJS.ErrnoException).code ?? "")) break;
    }
  }
  throw reason;
}

function listen(server: Server, { address, port }: Bound): Promise<Bound> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen({ host: address, port, exclusive: true, backlog: 4_096 }, () => {
      server.off("error", reject);
      const at = server.address() as AddressInfo;
      resolve({ address: at.address, port: at.port });
    });
  });
}

const TAKEN_OR_FORBIDDEN = new Set(["EACCES", "EPERM", "EADDRINUSE", "EADDRNOTAVAIL"]);
