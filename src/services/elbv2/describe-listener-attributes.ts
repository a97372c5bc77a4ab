import { findListenerAttributes } from "#integrations/elbv2/attributes.ts";
import type { Elbv2Operation } from "./operation.ts";
import { showAttributes } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeListenerAttributes.html */
export const DescribeListenerAttributes: Elbv2Operation<"DescribeListenerAttributes"> = async (
  { ListenerArn },
  caller,
  deps,
) => ({ Attributes: showAttributes(await findListenerAttributes(ListenerArn, caller, deps)) });
