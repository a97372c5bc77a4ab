import { busArn, checkBus } from "#events/bus.ts";
import type { EventBridgeOperation } from "./operation.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeEventBus.html */
export const DescribeEventBus: EventBridgeOperation<"DescribeEventBus"> = (input, caller) => {
  checkBus(input.Name, caller);
  return { Name: "default", Arn: busArn(caller) };
};
