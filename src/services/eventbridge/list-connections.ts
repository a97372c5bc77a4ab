import { listConnections } from "#events/connections.ts";
import type { EventBridgeOperation } from "./operation.ts";
import { connectionShown, pageEnd, pageRequest } from "./wire.ts";

/** https://docs.aws.amazon.com/eventbridge/latest/APIReference/API_ListConnections.html */
export const ListConnections: EventBridgeOperation<"ListConnections"> = async (input, caller, deps) => {
  const request = { ...pageRequest(input), state: input.ConnectionState };
  const page = await listConnections(request, caller, deps);
  return { Connections: page.items.map(connectionShown), ...pageEnd(page) };
};
