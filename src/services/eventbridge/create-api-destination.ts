import { createDestination } from "#events/destinations.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { destinationShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateApiDestination.html */
export const CreateApiDestination: EventBridgeOperation<"CreateApiDestination"> = async (input, caller, deps) => {
  const { Name, Description, ConnectionArn, InvocationEndpoint, HttpMethod, InvocationRateLimitPerSecond } = input;
  const destination = {
    name: Name,
    description: Description,
    connectionArn: ConnectionArn,
    endpoint: InvocationEndpoint,
    method: HttpMethod,
    rateLimit: InvocationRateLimitPerSecond,
  };
  const { ApiDestinationArn, ApiDestinationState, CreationTime, LastModifiedTime } = destinationShown(
    await createDestination(destination, caller, deps),
  );
  return { ApiDestinationArn, ApiDestinationState, CreationTime, LastModifiedTime };
};
