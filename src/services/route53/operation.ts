import type * as sdk from "@aws-sdk/client-route-53";
import type { InputOf, Operation, OperationName } from "#aws/service.ts";
import type { ZoneDeps } from "#dns/zone-deps.ts";

/** What Route 53 needs: the store, and whom to tell of changed records. */
export type Route53Deps = ZoneDeps;

export type Route53Operation<Name extends OperationName<typeof sdk>> = Operation<typeof sdk, Name, Route53Deps>;

export type Route53Input<Name extends OperationName<typeof sdk>> = InputOf<typeof sdk, Name>;
