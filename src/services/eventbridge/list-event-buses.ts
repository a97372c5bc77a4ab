import { busArn } from "#events/bus.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListEventBuses.html */
export const ListEventBuses: EventBridgeOperation<"ListEventBuses"> = (input, caller) => {
  const { NamePrefix = "" } = input;
  return { EventBuses: "default".startsWith(NamePrefix) ? [{ Name: "default", Arn: busArn(caller) }] : [] };
};
