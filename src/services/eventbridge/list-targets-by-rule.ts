import type * as sdk from "@aws-sdk/client-eventbridge";
import { STANDARD_RETRIES } from "#domain/events/retry.ts";
import { checkBus } from "#events/bus.ts";
import { listTargets, type Target } from "#events/targets.ts";
import { SECOND } from "#lib/duration.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListTargetsByRule.html */
export const ListTargetsByRule: EventBridgeOperation<"ListTargetsByRule"> = async (input, caller, deps) => {
  checkBus(input.EventBusName, caller);
  const page = await listTargets(input.Rule, pageRequest(input), caller, deps);
  return { Targets: page.items.map(shown), ...pageEnd(page) };
};

function shown(target: Target): sdk.Target {
  const { id, arn, roleArn, input, inputPath, inputTransformer, http, retryAttempts, retryAge } = target;
  const isStandard = retryAttempts === STANDARD_RETRIES.attempts && retryAge === STANDARD_RETRIES.age / SECOND;
  return {
    Id: id,
    Arn: arn,
    ...(roleArn === undefined ? {} : { RoleArn: roleArn }),
    ...(input === undefined ? {} : { Input: input }),
    ...(inputPath === undefined ? {} : { InputPath: inputPath }),
    ...(inputTransformer && {
      InputTransformer: { InputPathsMap: { ...inputTransformer.paths }, InputTemplate: inputTransformer.template },
    }),
    ...(http && {
      HttpParameters: {
        PathParameterValues: [...http.path],
        HeaderParameters: { ...http.headers },
        QueryStringParameters: { ...http.query },
      },
    }),
    ...(isStandard ? {} : { RetryPolicy: { MaximumRetryAttempts: retryAttempts, MaximumEventAgeInSeconds: retryAge } }),
  };
}
