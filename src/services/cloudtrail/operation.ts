import type * as sdk from "@aws-sdk/client-cloudtrail";
import type { Operation, OperationName } from "#aws/service.ts";
import type { lookUpEvents } from "#journal/look-up.ts";
import type { Clock } from "#lib/clock.ts";

/** What CloudTrail's operations need: a store and a clock. */
export type CloudTrailDeps = Parameters<typeof lookUpEvents>[2] & { readonly clock: Clock };

export type CloudTrailOperation<Name extends OperationName<typeof sdk>> = Operation<typeof sdk, Name, CloudTrailDeps>;
