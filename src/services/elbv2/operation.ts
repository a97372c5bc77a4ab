import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Operation, OperationName } from "#aws/service.ts";
import type { BalancerDeps } from "#integrations/elbv2/deps.ts";

export type Elbv2Deps = BalancerDeps;

export type Elbv2Operation<Name extends OperationName<typeof sdk>> = Operation<typeof sdk, Name, Elbv2Deps>;
