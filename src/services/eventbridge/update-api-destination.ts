import { updateDestination } from "#events/destinations.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { destinationShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateApiDestination.html */
export const UpdateApiDestination: EventBridgeOperation<"UpdateApiDestination"> = async (input, caller, deps) => {
  const { Name, Description, ConnectionArn, InvocationEndpoint, HttpMethod, InvocationRateLimitPerSecond } = input;
  const change = {
    ...(Description === undefined ? {} : { description: Description }),
    ...(ConnectionArn === undefined ? {} : { connectionArn: ConnectionArn }),
    ...(InvocationEndpoint === undefined ? {} : { endpoint: InvocationEndpoint }),
    ...(HttpMethod === undefined ? {} : { method: HttpMethod }),
    ...(InvocationRateLimitPerSecond === undefined ? {} : { rateLimit: InvocationRateLimitPerSecond }),
  };
  const { ApiDestinationArn, ApiDestinationState, CreationTime, LastModifiedTime } = destinationShown(
    await updateDestination(Name, change, caller, deps),
  );
  return { ApiDestinationArn, ApiDestinationState, CreationTime, LastModifiedTime };
};
