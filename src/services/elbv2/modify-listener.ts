import type { GivenAction, OrderedAction } from "#domain/balancers/actions.ts";
import type { Listener } from "#domain/balancers/listener.ts";
import { modifyListener } from "#integrations/elbv2/modify-listener.ts";
import { withActions } from "./actions.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readAlpnPolicy, readCertificate, readMutual, showListener } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_ModifyListener.html */
export const ModifyListener: Elbv2Operation<"ModifyListener"> = async (input, caller, deps) => {
  const { AlpnPolicy, DefaultActions } = input;
  const change = (actions: readonly OrderedAction<GivenAction>[] | undefined): Promise<Listener> =>
    modifyListener(
      {
        listenerArn: input.ListenerArn,
        port: input.Port,
        protocol: input.Protocol,
        sslPolicy: input.SslPolicy,
        alpnPolicy: AlpnPolicy === undefined ? undefined : (readAlpnPolicy(AlpnPolicy) ?? "clear"),
        certificateArn: readCertificate(input.Certificates),
        mutualAuthentication: readMutual(input.MutualAuthentication),
        actions,
      },
      caller,
      deps,
    );
  const listener = await (DefaultActions === undefined ? change(undefined) : withActions(DefaultActions, change));
  return { Listeners: [showListener(listener)] };
};
