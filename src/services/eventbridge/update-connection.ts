import { describeConnection, updateConnection } from "#events/connections.ts";
import { readAuthorization } from "./authorization.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { connectionShown, refuse } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_UpdateConnection.html */
export const UpdateConnection: EventBridgeOperation<"UpdateConnection"> = async (input, caller, deps) => {
  const { Name, Description, AuthorizationType, AuthParameters } = input;
  refuse({ InvocationConnectivityParameters: input.InvocationConnectivityParameters });
  const type = AuthorizationType ?? (await describeConnection(Name, caller, deps)).authorizationType;
  const isGiven = AuthorizationType !== undefined || AuthParameters !== undefined;
  const authorization = isGiven ? readAuthorization(type, AuthParameters) : undefined;
  const changed = await updateConnection(Name, { description: Description, authorization }, caller, deps);
  return connectionShown(changed);
};
