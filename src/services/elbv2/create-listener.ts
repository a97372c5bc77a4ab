import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type InputOf } from "#aws/service.ts";
import { createListener, type NewListener } from "#integrations/elbv2/create-listener.ts";
import { readDefaultAction } from "./actions.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readAlpnPolicy, readCertificate, readTags, refuseUnserved, showListener } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateListener.html */
export const CreateListener: Elbv2Operation<"CreateListener"> = async (input, caller, deps) => {
  const listener = await createListener(readRequest(input), caller, deps);
  return { Listeners: [showListener(listener)] };
};

function readRequest(input: InputOf<typeof sdk, "CreateListener">): NewListener {
  const { Port, Protocol, MutualAuthentication: { Mode = "off" } = {} } = input;
  if (Port === undefined) throw new AwsError("ValidationException", "A listener port must be specified");
  if (Protocol === undefined) throw new AwsError("ValidationException", "A listener protocol must be specified");
  refuseUnserved({ [`MutualAuthentication '${Mode}'`]: Mode !== "off" });
  return {
    loadBalancerArn: input.LoadBalancerArn,
    port: Port,
    protocol: Protocol,
    sslPolicy: input.SslPolicy,
    alpnPolicy: readAlpnPolicy(input.AlpnPolicy ?? []),
    certificateArn: readCertificate(input.Certificates),
    action: readDefaultAction(input.DefaultActions),
    tags: readTags(input.Tags),
  };
}
