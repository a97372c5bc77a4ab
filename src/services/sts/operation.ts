import type * as sdk from "@aws-sdk/client-sts";
import type { Operation, OperationName } from "#aws/service.ts";
import type { KeyOwnerDeps } from "#identity/key-owner.ts";

export type StsDeps = KeyOwnerDeps;

export type StsOperation<Name extends OperationName<typeof sdk>> = Operation<typeof sdk, Name, StsDeps>;
