import { DescribeCertificateCommand } from "@aws-sdk/client-acm";
import { AuthorizeSecurityGroupIngressCommand, CreateSecurityGroupCommand } from "@aws-sdk/client-ec2";
import {
  CreateListenerCommand,
  CreateLoadBalancerCommand,
  CreateTargetGroupCommand,
  DescribeLoadBalancersCommand,
  DescribeTargetHealthCommand,
  RegisterTargetsCommand,
} from "@aws-sdk/client-elastic-load-balancing-v2";
import { ListAliasesCommand, ListGrantsCommand } from "@aws-sdk/client-kms";
import { ChangeResourceRecordSetsCommand } from "@aws-sdk/client-route-53";
import { defaultNetwork } from "./network.ts";
import type { Stage } from "./stage.ts";
import { until } from "./until.ts";
import { get, handshake } from "./wire.ts";

/** A load balancer with one target, and a name for it in our zone. */
export async function balance({ tell, ec2, elbv2, route53, host, target, learned }: Stage): Promise<void> {
  const { vpcId, subnets } = await defaultNetwork(ec2);
  const group = await tell.step(
    "Who may connect: a security group that lets everybody in at 443",
    "aws ec2 create-security-group --group-name shop --description everybody\n" +
      "aws ec2 authorize-security-group-ingress --group-id … --protocol tcp --port 443 --cidr 0.0.0.0/0",
    async () => {
      const { GroupId = "" } = await ec2.send(
        new CreateSecurityGroupCommand({ GroupName: "shop", Description: "everybody" }),
      );
      const https = { IpProtocol: "tcp", FromPort: 443, ToPort: 443, IpRanges: [{ CidrIp: "0.0.0.0/0" }] };
      await ec2.send(new AuthorizeSecurityGroupIngressCommand({ GroupId, IpPermissions: [https] }));
      return GroupId;
    },
  );
  const balancer = await tell.step(
    "A load balancer in two subnets of the default VPC",
    `aws elbv2 create-load-balancer --name shop --subnets ${subnets.join(" ")} --security-groups ${group}\n` +
      "aws elbv2 wait load-balancer-available --names shop",
    async () => {
      const wanted = { Name: "shop", Subnets: [...subnets], SecurityGroups: [group] };
      await elbv2.send(new CreateLoadBalancerCommand(wanted));
      return await until("an edge carries it", async () => {
        const found = await elbv2.send(new DescribeLoadBalancersCommand({ Names: ["shop"] }));
        return found.LoadBalancers?.[0]?.State?.Code === "active" ? found : undefined;
      });
    },
  );
  const made = balancer.LoadBalancers?.[0];
  learned.loadBalancerArn = made?.LoadBalancerArn ?? "";
  learned.balancerName = made?.DNSName ?? "";
  learned.balancerZoneId = made?.CanonicalHostedZoneId ?? "";
  tell.saw("its name", learned.balancerName);

  await tell.step(
    "The application as its target, and the host's name pointing at it",
    `aws elbv2 create-target-group --name shop --protocol HTTP --port ${target.port} --target-type ip --vpc-id ${vpcId}\n` +
      `aws elbv2 register-targets --target-group-arn … --targets Id=${target.address},Port=${target.port}\n` +
      `aws route53 change-resource-record-sets … ALIAS ${host} → ${learned.balancerName}`,
    async () => {
      const made = await elbv2.send(
        new CreateTargetGroupCommand({
          Name: "shop",
          Protocol: "HTTP",
          Port: target.port,
          TargetType: "ip",
          VpcId: vpcId,
          HealthCheckIntervalSeconds: 5,
          HealthCheckTimeoutSeconds: 2,
          HealthyThresholdCount: 2,
        }),
      );
      learned.targetGroupArn = made.TargetGroups?.[0]?.TargetGroupArn ?? "";
      await elbv2.send(
        new RegisterTargetsCommand({
          TargetGroupArn: learned.targetGroupArn,
          Targets: [{ Id: target.address, Port: target.port }],
        }),
      );
      const alias = {
        DNSName: learned.balancerName,
        HostedZoneId: learned.balancerZoneId,
        EvaluateTargetHealth: false,
      };
      await route53.send(
        new ChangeResourceRecordSetsCommand({
          HostedZoneId: learned.zoneId,
          ChangeBatch: {
            Changes: [{ Action: "CREATE", ResourceRecordSet: { Name: host, Type: "A", AliasTarget: alias } }],
          },
        }),
      );
    },
  );
}

/** Attaching the certificate makes the grant; the edge opens the key under it; a client verifies the chain. */
export async function attach(stage: Stage): Promise<void> {
  const { tell, elbv2, kms, acm, host, root, learned } = stage;
  const began = performance.now();
  const listener = await tell.step(
    "An HTTPS listener with the certificate: association, grant and delivery in one act",
    `aws elbv2 create-listener --load-balancer-arn ${learned.loadBalancerArn} --protocol HTTPS --port 443 \\\n` +
      `    --certificates CertificateArn=${learned.certificateArn} --ssl-policy ELBSecurityPolicy-TLS13-1-2-2021-06 \\\n` +
      `    --default-actions Type=forward,TargetGroupArn=${learned.targetGroupArn}`,
    () =>
      elbv2.send(
        new CreateListenerCommand({
          LoadBalancerArn: learned.loadBalancerArn,
          Protocol: "HTTPS",
          Port: 443,
          SslPolicy: "ELBSecurityPolicy-TLS13-1-2-2021-06",
          Certificates: [{ CertificateArn: learned.certificateArn }],
          DefaultActions: [{ Type: "forward", TargetGroupArn: learned.targetGroupArn }],
        }),
      ),
  );
  learned.listenerArn = listener.Listeners?.[0]?.ListenerArn ?? "";

  const seen = await tell.step(
    "A client verifies it against the root",
    `openssl s_client -connect ${host}:443 -servername ${host} -CAfile root.pem -verify_return_error`,
    () =>
      until("the first handshake", async () => {
        const front = await stage.front().catch(() => undefined);
        return front && handshake({ ...front, host, root }).catch(() => undefined);
      }),
  );
  const firstHandshake = performance.now() - began;
  tell.saw("TLS", `${seen.protocol}, ${seen.cipher}`);
  tell.saw("issued by", seen.issuer);
  tell.saw("serial", seen.serial);
  tell.saw("names", seen.names);
  tell.check(
    `from attaching to the first handshake: ${Math.round(firstHandshake)} ms, under a second`,
    firstHandshake < 1_000,
  );

  const answer = await tell.step("And the application answers", `curl --cacert root.pem https://${host}/`, () =>
    until("an answer of the application", async () => {
      const got = await get({ ...(await stage.front()), host, root });
      return got.status === 200 ? got : undefined;
    }),
  );
  tell.saw("answer", answer.body.trim());
  tell.check("the target was asked with X-Forwarded-Proto: https", answer.body.includes("https"));

  const { grants, users } = await tell.step(
    "Who may open the key: one grant, for this load balancer, for this certificate",
    `aws kms list-grants --key-id $(aws kms list-aliases --query "Aliases[?AliasName=='alias/aws/acm'].TargetKeyId" --output text)`,
    async () => {
      const aliases = await kms.send(new ListAliasesCommand({}));
      const key = aliases.Aliases?.find(({ AliasName }) => AliasName === "alias/aws/acm")?.TargetKeyId;
      const listed = await kms.send(new ListGrantsCommand({ KeyId: key }));
      const described = await acm.send(new DescribeCertificateCommand({ CertificateArn: learned.certificateArn }));
      await elbv2.send(new DescribeTargetHealthCommand({ TargetGroupArn: learned.targetGroupArn }));
      return { grants: listed.Grants ?? [], users: described.Certificate?.InUseBy ?? [] };
    },
  );
  const [grant] = grants;
  tell.saw("grantee", grant?.GranteePrincipal ?? "");
  tell.saw("may", (grant?.Operations ?? []).join(", "));
  tell.saw("only where", JSON.stringify(grant?.Constraints ?? {}));
  tell.check(
    "the one grant is the load balancer's",
    grants.length === 1 && grant?.GranteePrincipal === learned.loadBalancerArn,
  );
  tell.check("InUseBy names the load balancer", users.length === 1 && users[0] === learned.loadBalancerArn);
}
