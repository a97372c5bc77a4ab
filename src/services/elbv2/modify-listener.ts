import { modifyListener } from "#integrations/elbv2/modify-listener.ts";
import { readDefaultAction } from "./actions.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readAlpnPolicy, readCertificate, refuseUnserved, showListener } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html */
export const ModifyListener: Elbv2Operation<"ModifyListener"> = async (input, caller, deps) => {
  const { AlpnPolicy, DefaultActions, MutualAuthentication: { Mode = "off" } = {} } = input;
  refuseUnserved({ [`MutualAuthentication '${Mode}'`]: Mode !== "off" });
  const listener = await modifyListener(
    {
      listenerArn: input.ListenerArn,
      port: input.Port,
      protocol: input.Protocol,
      sslPolicy: input.SslPolicy,
      alpnPolicy: AlpnPolicy === undefined ? undefined : (readAlpnPolicy(AlpnPolicy) ?? "clear"),
      certificateArn: readCertificate(input.Certificates),
      action: DefaultActions === undefined ? undefined : readDefaultAction(DefaultActions),
    },
    caller,
    deps,
  );
  return { Listeners: [showListener(listener)] };
};
