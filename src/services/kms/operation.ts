import type * as sdk from "@aws-sdk/client-kms";
import type { Operation, OperationName } from "#aws/service.ts";
import type { Custody } from "#custody/custody.ts";

/** What KMS's operations need: a store, a clock, ids, the root of custody and the journal. */
export type KmsDeps = Custody;

export type KmsOperation<Name extends OperationName<typeof sdk>> = Operation<typeof sdk, Name, KmsDeps>;
