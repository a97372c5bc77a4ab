import { describeDestination } from "#events/destinations.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { destinationShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeApiDestination.html */
export const DescribeApiDestination: EventBridgeOperation<"DescribeApiDestination"> = async (input, caller, deps) => {
  const destination = await describeDestination(input.Name, caller, deps);
  const { description } = destination;
  return { ...destinationShown(destination), ...(description === undefined ? {} : { Description: description }) };
};
