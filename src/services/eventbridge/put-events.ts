import { putEvents } from "#events/put-events.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { refuse } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_PutEvents.html */
export const PutEvents: EventBridgeOperation<"PutEvents"> = async (input, caller, deps) => {
  refuse({ EndpointId: input.EndpointId }, "names a global endpoint, of which there are none");
  const entries = input.Entries.map(({ Time, Source, Resources, DetailType, Detail, EventBusName }) => ({
    time: Time,
    source: Source,
    resources: Resources ?? [],
    detailType: DetailType,
    detail: Detail,
    bus: EventBusName,
  }));
  const results = await putEvents(entries, caller, deps);
  return {
    FailedEntryCount: results.filter((result) => "code" in result).length,
    Entries: results.map((result) =>
      "code" in result ? { ErrorCode: result.code, ErrorMessage: result.message } : { EventId: result.id },
    ),
  };
};
