import { cancelReplay } from "#events/replays.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CancelReplay.html */
export const CancelReplay: EventBridgeOperation<"CancelReplay"> = async (input, caller, deps) => {
  const { arn, state } = await cancelReplay(input.ReplayName, caller, deps);
  return { ReplayArn: arn, State: state };
};
