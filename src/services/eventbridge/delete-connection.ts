import { deleteConnection } from "#events/connections.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { connectionShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeleteConnection.html */
export const DeleteConnection: EventBridgeOperation<"DeleteConnection"> = async (input, caller, deps) => ({
  ...connectionShown(await deleteConnection(input.Name, caller, deps)),
  ConnectionState: "DELETING",
});
