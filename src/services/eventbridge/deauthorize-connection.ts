import { deauthorizeConnection } from "#events/connections.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { connectionShown } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_DeauthorizeConnection.html */
export const DeauthorizeConnection: EventBridgeOperation<"DeauthorizeConnection"> = async (input, caller, deps) =>
  connectionShown(await deauthorizeConnection(input.Name, caller, deps));
