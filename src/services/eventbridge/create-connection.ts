import { createConnection } from "#events/connections.ts";
import { readAuthorization } from "./authorization.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { connectionShown, refuse } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_CreateConnection.html */
export const CreateConnection: EventBridgeOperation<"CreateConnection"> = async (input, caller, deps) => {
  const { Name, Description, AuthorizationType, AuthParameters } = input;
  refuse({
    InvocationConnectivityParameters: input.InvocationConnectivityParameters,
    KmsKeyIdentifier: input.KmsKeyIdentifier,
  });
  const authorization = readAuthorization(AuthorizationType, AuthParameters);
  const made = await createConnection({ name: Name, description: Description, authorization }, caller, deps);
  const { ConnectionArn, ConnectionState, CreationTime, LastModifiedTime } = connectionShown(made);
  return { ConnectionArn, ConnectionState, CreationTime, LastModifiedTime };
};
