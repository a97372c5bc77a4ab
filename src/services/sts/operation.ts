import type * as sdk from "@aws-sdk/client-sts";
import type { Operation, OperationName } from "#aws/service.ts";
import type { IamDeps } from "#identity/iam/deps.ts";

export type StsDeps = IamDeps;

export type StsOperation<Name extends OperationName<typeof sdk>> = Operation<typeof sdk, Name, StsDeps>;
