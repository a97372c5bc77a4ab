import { DeleteCertificateCommand, DescribeCertificateCommand } from "@aws-sdk/client-acm";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  DeleteListenerCommand,
  DeleteLoadBalancerCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ListAliasesCommand, ListGrantsCommand } from "@aws-sdk/client-kms";
import { defaultNetwork } from "./network.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";
import { get, handshake, oneConnection } from "./wire.ts";

/** A certificate belongs to its region. */
export async function refuseElsewhere(stage: Stage): Promise<void> {
  const { tell, ec2Elsewhere, elbv2Elsewhere, elsewhere, learned } = stage;
  const { subnets } = await defaultNetwork(ec2Elsewhere);
  const balancer = await elbv2Elsewhere.send(new CreateLoadBalancerCommand({ Name: "far", Subnets: [...subnets] }));
  const refusal = await tell.step(
    "A listener in another region may not have it",
    `aws --region ${elsewhere} elbv2 create-listener … --certificates CertificateArn=${learned.certificateArn}`,
    () =>
      refusalOf(
        elbv2Elsewhere.send(
          new CreateListenerCommand({
            LoadBalancerArn: balancer.LoadBalancers?.[0]?.LoadBalancerArn,
            Protocol: "HTTPS",
            Port: 443,
            Certificates: [{ CertificateArn: learned.certificateArn }],
            DefaultActions: [{ Type: "fixed-response", FixedResponseConfig: { StatusCode: "200" } }],
          }),
        ),
      ),
  );
  tell.saw("refused", refusal);
  tell.check("AWS's error: CertificateNotFound", refusal.startsWith("CertificateNotFound"));
}

/** Detaching retires the grant; the edge forgets the key at once. */
export async function detach(stage: Stage): Promise<void> {
  const { tell, acm, elbv2, kms, host, root, learned } = stage;
  const front = { ...(await stage.front()), host, root };
  const inUse = await tell.step(
    "While it is in use it cannot be deleted",
    `aws acm delete-certificate --certificate-arn ${learned.certificateArn}`,
    () => refusalOf(acm.send(new DeleteCertificateCommand({ CertificateArn: learned.certificateArn }))),
  );
  tell.saw("refused", inUse);
  tell.check("AWS's error: ResourceInUseException", inUse.startsWith("ResourceInUseException"));

  const agent = oneConnection();
  await get(front, agent);
  const refused = await tell.step(
    "Detaching: the grant ends with the attachment, and with it the handshakes",
    `aws elbv2 delete-listener --listener-arn ${learned.listenerArn}`,
    async () => {
      await elbv2.send(new DeleteListenerCommand({ ListenerArn: learned.listenerArn }));
      const began = performance.now();
      const reason = await until("a refused handshake", () =>
        handshake(front).then(
          () => undefined,
          (error: unknown) => String(error).trim(),
        ),
      );
      tell.saw("refused", `${reason}, ${Math.round(performance.now() - began)} ms after the answer`);
      return performance.now() - began;
    },
  );
  tell.check("the handshake is refused in under a second", refused < 1_000);
  const kept = await get(front, agent).then(
    () => true,
    () => false,
  );
  agent.destroy();
  tell.check("connections made under the key are closed", !kept);
  const aliases = await kms.send(new ListAliasesCommand({}));
  const key = aliases.Aliases?.find(({ AliasName }) => AliasName === "alias/aws/acm")?.TargetKeyId;
  const grants = await kms.send(new ListGrantsCommand({ KeyId: key }));
  tell.check("no grant is left", grants.Grants?.length === 0);
}

export async function deleteAll({ tell, acm, elbv2, learned }: Stage): Promise<void> {
  const gone = await tell.step(
    "Now the certificate and its sealed key can go",
    `aws acm delete-certificate --certificate-arn ${learned.certificateArn}`,
    async () => {
      await acm.send(new DeleteCertificateCommand({ CertificateArn: learned.certificateArn }));
      await elbv2.send(new DeleteLoadBalancerCommand({ LoadBalancerArn: learned.loadBalancerArn }));
      return refusalOf(acm.send(new DescribeCertificateCommand({ CertificateArn: learned.certificateArn })));
    },
  );
  tell.saw("asked again", gone);
  tell.check("it is gone: ResourceNotFoundException", gone.startsWith("ResourceNotFoundException"));
}

/** The error's name and message; "no error" when there was none. */
function refusalOf(call: Promise<unknown>): Promise<string> {
  return call.then(
    () => "no error",
    (error: unknown) => (error instanceof Error ? `${error.name}: ${error.message}` : String(error)),
  );
}
