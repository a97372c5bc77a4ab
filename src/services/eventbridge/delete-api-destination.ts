import { deleteDestination } from "#events/destinations.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteApiDestination.html */
export const DeleteApiDestination: EventBridgeOperation<"DeleteApiDestination"> = async (input, caller, deps) => {
  await deleteDestination(input.Name, caller, deps);
};
