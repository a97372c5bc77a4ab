import { busArn } from "#events/bus.ts";
import { describeReplay } from "#events/replays.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { replayShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeReplay.html */
export const DescribeReplay: EventBridgeOperation<"DescribeReplay"> = async (input, caller, deps) => {
  const replay = await describeReplay(input.ReplayName, caller, deps);
  const { arn, description, rules } = replay;
  return {
    ...replayShown(replay),
    ReplayArn: arn,
    ...(description === null ? {} : { Description: description }),
    Destination: { Arn: busArn(caller), ...(rules ? { FilterArns: [...rules] } : {}) },
  };
};
