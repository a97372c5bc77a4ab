import { deleteListener } from "#integrations/elbv2/delete-listener.ts";
import type { Elbv2Operation } from "./operation.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DeleteListener.html */
export const DeleteListener: Elbv2Operation<"DeleteListener"> = async ({ ListenerArn }, caller, deps) => {
  await deleteListener(ListenerArn, caller, deps);
  return {};
};
