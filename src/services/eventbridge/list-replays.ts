import { AwsError } from "#aws/service.ts";
import { listReplays } from "#events/replays.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { pageEnd, pageRequest, replayShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListReplays.html */
export const ListReplays: EventBridgeOperation<"ListReplays"> = async (input, caller, deps) => {
  const { NamePrefix, EventSourceArn, State } = input;
  if ([NamePrefix, EventSourceArn, State].filter((filter) => filter !== undefined).length > 1) {
    throw new AwsError(
      "ValidationException",
      "At most one filter is allowed for ListReplays. Use either : State, EventSourceArn, or NamePrefix.",
    );
  }
  const request = { ...pageRequest(input), state: State, archiveArn: EventSourceArn };
  const page = await listReplays(request, caller, deps);
  return { Replays: page.items.map(replayShown), ...pageEnd(page) };
};
