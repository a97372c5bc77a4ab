import { startReplay } from "#events/replays.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_StartReplay.html */
export const StartReplay: EventBridgeOperation<"StartReplay"> = async (input, caller, deps) => {
  const { ReplayName, Description, EventSourceArn, EventStartTime, EventEndTime, Destination } = input;
  const replay = {
    name: ReplayName,
    description: Description,
    archiveArn: EventSourceArn,
    from: EventStartTime,
    to: EventEndTime,
    destination: { bus: Destination.Arn, rules: Destination.FilterArns },
  };
  const { arn, state, startedAt } = await startReplay(replay, caller, deps);
  return { ReplayArn: arn, State: state, ReplayStartTime: new Date(startedAt) };
};
