import type * as sdk from "@aws-sdk/client-iam";
import type { Operation, OperationName } from "#aws/service.ts";
import type { IamDeps } from "#identity/iam/deps.ts";

export type { IamDeps } from "#identity/iam/deps.ts";

export type IamOperation<Name extends OperationName<typeof sdk>> = Operation<typeof sdk, Name, IamDeps>;
