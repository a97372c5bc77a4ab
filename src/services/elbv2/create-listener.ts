import { AwsError } from "#aws/service.ts";
import { createListener } from "#integrations/elbv2/create-listener.ts";
import { withActions } from "./actions.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readAlpnPolicy, readCertificate, readMutual, readTags, showListener } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html */
export const CreateListener: Elbv2Operation<"CreateListener"> = async (input, caller, deps) => {
  const { Port, Protocol } = input;
  if (Port === undefined) throw new AwsError("ValidationException", "A listener port must be specified");
  if (Protocol === undefined) throw new AwsError("ValidationException", "A listener protocol must be specified");
  const listener = await withActions(input.DefaultActions, (actions) =>
    createListener(
      {
        loadBalancerArn: input.LoadBalancerArn,
        port: Port,
        protocol: Protocol,
        sslPolicy: input.SslPolicy,
        alpnPolicy: readAlpnPolicy(input.AlpnPolicy ?? []),
        certificateArn: readCertificate(input.Certificates),
        mutualAuthentication: readMutual(input.MutualAuthentication),
        actions,
        tags: readTags(input.Tags),
      },
      caller,
      deps,
    ),
  );
  return { Listeners: [showListener(listener)] };
};
