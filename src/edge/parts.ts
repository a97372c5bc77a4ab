import type { ProviderClient } from "#edge/application/provider-call.ts";
import type { FindChallenge } from "#edge/control/challenges.ts";
import type { Keyring } from "#edge/keys/keyring.ts";
import type { Log, LogBook } from "#edge/logs/log-book.ts";
import type { Meters, MetricsBoard } from "#edge/metrics/board.ts";
import type { ConnectionMeter } from "#edge/metrics/connections.ts";
import type { FlowMeter, flowMeter } from "#edge/metrics/flows.ts";
import type { FlowRoom } from "#edge/network/flow-room.ts";
import type { ForwardDeps } from "#edge/targets/forward.ts";
import type { Targets } from "#edge/targets/targets.ts";
import type { TlsFront } from "#edge/tls/front.ts";
import type { TrustStores } from "#edge/tls/mutual.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import type { Timers } from "#lib/timers.ts";
import type { Attempts, Bindings } from "./bind.ts";

/** What all load balancers of an edge process share. */
export interface SharedParts extends ForwardDeps {
  readonly tls: TlsFront;
  readonly provider: ProviderClient;
  readonly trust: TrustStores;
  readonly metrics: MetricsBoard;
  readonly logs: LogBook;
  readonly findChallenge: FindChallenge;
  readonly bindings: Bindings;
  readonly flowRoom: FlowRoom;
  /** Where listeners for datagrams may be bound. */
  readonly attempts: Attempts;
  readonly clock: Clock;
  readonly timers: Timers;
  readonly ids: Ids;
  readonly onError: (what: string, error: unknown) => void;
}

/** What one load balancer has of its own. */
export interface OwnParts {
  readonly keyring: Keyring;
  /** A secret of its rules, by the name that they call it. Rejects when KMS refuses or cannot be asked. */
  readonly openSecret: (name: string) => Promise<PlaintextKey>;
}

/** What the listeners of a load balancer share. */
export interface ListenerParts extends SharedParts, OwnParts {
  readonly targets: Targets;
  readonly meters: Meters;
  readonly connections: ConnectionMeter;
  readonly flows: (protocol: FlowProtocol) => FlowMeter;
  readonly accessLog: Log;
  readonly connectionLog: Log;
}

export type FlowProtocol = Parameters<typeof flowMeter>[1];
