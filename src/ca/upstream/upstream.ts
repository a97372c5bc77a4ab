import { AcmeClient, type ClientDeps } from "./acme-client.ts";
import type { UpstreamCa } from "./upstream-ca.ts";

/** The public CAs of this installation, and where it answers their challenges. */
export interface Upstream {
  /** In the order in which they are asked. */
  readonly clients: readonly AcmeClient[];
  /** The zone in which TXT records for challenges stand, without the last dot. */
  readonly challengeZone: string;
  /** Ends the connections that are kept open. */
  close(): void;
}

/** Makes ready to ask these CAs; nothing is asked yet. */
export function openUpstream(cas: readonly UpstreamCa[], challengeZone: string, deps: ClientDeps): Upstream {
  const clients = cas.map((ca) => new AcmeClient(ca, deps));
  return {
    clients,
    challengeZone,
    close() {
      for (const client of clients) client.close();
    },
  };
}
