import { AwsError } from "#aws/service.ts";
import { listArchives } from "#events/archives.ts";
import { busArn } from "#events/bus.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { archiveShown, pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListArchives.html */
export const ListArchives: EventBridgeOperation<"ListArchives"> = async (input, caller, deps) => {
  const { NamePrefix, EventSourceArn, State } = input;
  if ([NamePrefix, EventSourceArn, State].filter((filter) => filter !== undefined).length > 1) {
    throw new AwsError(
      "ValidationException",
      "At most one filter is allowed for ListArchives. Use either : State, EventSourceArn, or NamePrefix.",
    );
  }
  if ((State ?? "ENABLED") !== "ENABLED" || (EventSourceArn ?? busArn(caller)) !== busArn(caller))
    return { Archives: [] };
  const page = await listArchives(pageRequest(input), caller, deps);
  return { Archives: page.items.map(archiveShown), ...pageEnd(page) };
};
