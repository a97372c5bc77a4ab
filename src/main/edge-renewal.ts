import { createPublicKey, generateKeyPairSync, type KeyObject, X509Certificate } from "node:crypto";
import type { EdgeMessage } from "#domain/edge-messages.ts";
import type { TlsIdentity } from "#edge/control/control-point.ts";
import type { Clock } from "#lib/clock.ts";
import { MINUTE, type Millis } from "#lib/duration.ts";
import type { Timers } from "#lib/timers.ts";
import { writeCsr } from "#lib/x509-csr-writer.ts";
import type { EdgeFiles } from "./edge-files.ts";
import { writeIdentity } from "./edge-join.ts";
import type { Logger } from "./log.ts";

/** Keeps the identity of an edge valid: asks for another, with a key of its own, when half of its time is over. */
export interface IdentityRenewal {
  /** Takes the certificate that the control plane answered with. */
  take(chain: string): void;
  /** Looks whether it is time; by itself it does so every minute. */
  look(): void;
}

export interface RenewalDeps {
  readonly files: Pick<EdgeFiles, "identity">;
  readonly edge: string;
  readonly identity: () => TlsIdentity;
  readonly tell: (message: EdgeMessage) => void;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly log: Pick<Logger, "info" | "warn">;
}

export function renewIdentity({ files, edge, identity, tell, clock, timers, log }: RenewalDeps): IdentityRenewal {
  /** The key that a certificate was asked for. */
  let asked: KeyObject | undefined;
  const look = (): void => {
    const { validFromDate, validToDate } = new X509Certificate(identity().certificate);
    const [from, to] = [validFromDate.getTime(), validToDate.getTime()];
    const now = clock.now().getTime();
    if (now < from + (to - from) / 2) return;
    if (now > to)
      log.warn({ ended: validToDate }, "the identity of this edge has ended: it must join again, with another token");
    const pair = generateKeyPairSync("ec", { namedCurve: "prime256v1" });
    asked = pair.privateKey;
    tell({ kind: "identity-wanted", request: writeCsr(edge, pair) });
  };
  const watch = (): void => {
    try {
      look();
    } catch (error) {
      log.warn({ err: error }, "the identity of this edge could not be renewed");
    }
    timers.after(LOOK, watch);
  };
  watch();
  return {
    look,
    take(chain) {
      const key = asked;
      asked = undefined;
      if (!key || !new X509Certificate(chain).publicKey.equals(createPublicKey(key))) return;
      writeIdentity(files, chain, key);
      log.info({ until: new X509Certificate(chain).validToDate }, "the identity of this edge was renewed");
    },
  };
}

const LOOK: Millis = MINUTE;
