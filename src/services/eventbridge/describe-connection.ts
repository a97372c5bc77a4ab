import { describeConnection } from "#events/connections.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { authParametersShown, connectionShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DescribeConnection.html */
export const DescribeConnection: EventBridgeOperation<"DescribeConnection"> = async (input, caller, deps) => {
  const connection = await describeConnection(input.Name, caller, deps);
  const { description } = connection;
  return {
    ...connectionShown(connection),
    ...(description === undefined ? {} : { Description: description }),
    AuthParameters: authParametersShown(connection),
  };
};
