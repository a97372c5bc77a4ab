import { execFile } from "node:child_process";
import { promisify } from "node:util";
import { expect, test } from "vitest";
import { debian } from "../support/debian.ts";
import { testProduct } from "../support/product.ts";

const run = promisify(execFile);

/** The commands of docs/load-balancers.md that Debian's AWS CLI knows; it is older than regular expressions and trust stores. */
const STORY = `
subnets=$(aws ec2 describe-subnets --filters Name=default-for-az,Values=true --query 'Subnets[:2].SubnetId' --output text)
vpc=$(aws ec2 describe-vpcs --filters Name=is-default,Values=true --query 'Vpcs[0].VpcId' --output text)
lb=$(aws elbv2 create-load-balancer --name shop --subnets $subnets --query 'LoadBalancers[0].LoadBalancerArn' --output text)
aws elbv2 wait load-balancer-available --load-balancer-arns $lb
app=$(aws elbv2 create-target-group --name app --protocol HTTP --port 8080 --vpc-id $vpc --target-type ip \
  --health-check-path /health --query 'TargetGroups[0].TargetGroupArn' --output text)
new=$(aws elbv2 create-target-group --name new --protocol HTTP --protocol-version GRPC --matcher GrpcCode=0 --port 8080 --vpc-id $vpc \
  --target-type ip --query 'TargetGroups[0].TargetGroupArn' --output text)
aws elbv2 register-targets --target-group-arn $app --targets Id=10.0.0.5 Id=10.0.0.6,Port=8081
listener=$(aws elbv2 create-listener --load-balancer-arn $lb --protocol HTTP --port 8088 \
  --default-actions Type=forward,TargetGroupArn=$app --query 'Listeners[0].ListenerArn' --output text)
one=$(aws elbv2 create-rule --listener-arn $listener --priority 10 \
  --conditions Field=host-header,Values='*.example.com' Field=path-pattern,Values='/api/*' \
  --actions Type=forward,TargetGroupArn=$app --query 'Rules[0].RuleArn' --output text)
two=$(aws elbv2 create-rule --listener-arn $listener --priority 20 --conditions Field=path-pattern,Values='/new/*' --actions \
  '[{"Type":"forward","ForwardConfig":{"TargetGroups":[{"TargetGroupArn":"'$app'","Weight":9},{"TargetGroupArn":"'$new'","Weight":1}],
     "TargetGroupStickinessConfig":{"Enabled":true,"DurationSeconds":3600}}}]' --query 'Rules[0].RuleArn' --output text)
aws elbv2 set-rule-priorities --rule-priorities RuleArn=$one,Priority=20 RuleArn=$two,Priority=10 > /dev/null
aws elbv2 describe-rules --listener-arn $listener --query 'Rules[].Priority' --output json | tr -d ' \\n'; echo
aws elbv2 create-rule --listener-arn $listener --priority 10 --conditions Field=path-pattern,Values=/x \
  --actions Type=forward,TargetGroupArn=$app 2>&1 | tail -1 || true
aws elbv2 modify-load-balancer-attributes --load-balancer-arn $lb --attributes Key=idle_timeout.timeout_seconds,Value=120 \
  Key=access_logs.s3.enabled,Value=true Key=access_logs.s3.bucket,Value=logs > /dev/null
aws elbv2 modify-target-group-attributes --target-group-arn $app --attributes Key=stickiness.enabled,Value=true Key=stickiness.type,Value=lb_cookie > /dev/null
aws elbv2 describe-target-health --target-group-arn $app --query 'TargetHealthDescriptions[].Target.Id' --output text
aws elbv2 delete-rule --rule-arn $one
aws elbv2 delete-load-balancer --load-balancer-arn $lb
aws elbv2 wait load-balancers-deleted --load-balancer-arns $lb
`;

test("the AWS CLI makes rules, exchanges their priorities and is told why one is refused", async () => {
  debian("awscli");
  const { endpoint, credentials } = await testProduct();
  const { stdout } = await run(
    "bash",
    ["-euo", "pipefail", "-c", `aws() { /usr/bin/aws --endpoint-url ${endpoint} "$@"; }\n${STORY}`],
    {
      env: {
        PATH: process.env["PATH"],
        HOME: "/nonexistent",
        AWS_ACCESS_KEY_ID: credentials.accessKeyId,
        AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
        AWS_DEFAULT_REGION: "eu-west-1",
        AWS_PAGER: "",
      },
    },
  );
  const [priorities = "", refusal = "", targets = ""] = stdout.trim().split("\n");
  expect(priorities).toBe('["10","20","default"]');
  expect(refusal).toContain("(PriorityInUse)");
  expect(targets.split("\t").toSorted()).toEqual(["10.0.0.5", "10.0.0.6"]);
});
