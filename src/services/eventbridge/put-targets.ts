import type * as sdk from "@aws-sdk/client-eventbridge";
import type { InputOf } from "#aws/service.ts";
import { STANDARD_RETRIES } from "#domain/events/retry.ts";
import { checkBus } from "#events/bus.ts";
import { putTargets, type Target } from "#events/targets.ts";
import { SECOND } from "#lib/duration.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { refuse } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutTargets.html */
export const PutTargets: EventBridgeOperation<"PutTargets"> = async (input, caller, deps) => {
  checkBus(input.EventBusName, caller);
  await putTargets(input.Rule, input.Targets.map(readTarget), caller, deps);
  return { FailedEntryCount: 0, FailedEntries: [] };
};

function readTarget(target: InputOf<typeof sdk, "PutTargets">["Targets"][number]): Target {
  const { Id, Arn, RoleArn, Input, InputPath, InputTransformer, HttpParameters, RetryPolicy, ...rest } = target;
  refuse(rest, "is not supported: targets are API destinations, and what they do not take is kept as dead letters");
  return {
    id: Id,
    arn: Arn,
    roleArn: RoleArn,
    input: Input,
    inputPath: InputPath,
    inputTransformer: InputTransformer && {
      paths: InputTransformer.InputPathsMap ?? {},
      template: InputTransformer.InputTemplate,
    },
    http: HttpParameters && {
      path: HttpParameters.PathParameterValues ?? [],
      headers: HttpParameters.HeaderParameters ?? {},
      query: HttpParameters.QueryStringParameters ?? {},
    },
    retryAttempts: RetryPolicy?.MaximumRetryAttempts ?? STANDARD_RETRIES.attempts,
    retryAge: RetryPolicy?.MaximumEventAgeInSeconds ?? STANDARD_RETRIES.age / SECOND,
  };
}
