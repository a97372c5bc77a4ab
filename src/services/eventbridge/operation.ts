import type * as sdk from "@aws-sdk/client-eventbridge";
import type { Operation, OperationName } from "#aws/service.ts";
import type { DestinationDeps } from "#events/destinations.ts";

/** What EventBridge's operations need: a store, a clock, ids and the root of custody. */
export type EventBridgeDeps = DestinationDeps;

export type EventBridgeOperation<Name extends OperationName<typeof sdk>> = Operation<typeof sdk, Name, EventBridgeDeps>;
