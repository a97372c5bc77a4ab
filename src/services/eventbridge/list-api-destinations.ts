import { listDestinations } from "#events/destinations.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { destinationShown, pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListApiDestinations.html */
export const ListApiDestinations: EventBridgeOperation<"ListApiDestinations"> = async (input, caller, deps) => {
  const request = { ...pageRequest(input), connectionArn: input.ConnectionArn };
  const page = await listDestinations(request, caller, deps);
  return { ApiDestinations: page.items.map(destinationShown), ...pageEnd(page) };
};
