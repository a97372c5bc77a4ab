import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type InputOf } from "#aws/service.ts";
import { createTargetGroup, type NewTargetGroup } from "#integrations/elbv2/target-groups.ts";
import { readHealthCheck } from "./health-check.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readTags, refuseUnserved, showTargetGroup } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_CreateTargetGroup.html */
export const CreateTargetGroup: Elbv2Operation<"CreateTargetGroup"> = async (input, caller, deps) => {
  const group = await createTargetGroup(readRequest(input), caller, deps);
  return { TargetGroups: [showTargetGroup(group)] };
};

function readRequest(input: InputOf<typeof sdk, "CreateTargetGroup">): NewTargetGroup {
  const { TargetType = "instance", ProtocolVersion = "HTTP1", IpAddressType = "ipv4" } = input;
  if (TargetType !== "ip") {
    const given = input.TargetType === undefined ? "instance, the API's default," : TargetType;
    throw new AwsError(
      "InvalidConfigurationRequestException",
      `Target type ${given} is not available here, because targets are known by their address: set TargetType to ip`,
    );
  }
  const { Protocol, Port, VpcId } = input;
  if (Protocol === undefined) throw missing("protocol");
  if (Port === undefined) throw missing("port");
  if (VpcId === undefined) throw missing("VPC ID");
  if (!/^vpc-[0-9a-f]{8}([0-9a-f]{9})?$/.test(VpcId)) {
    throw new AwsError("ValidationException", `The VPC ID '${VpcId}' is not valid`);
  }
  refuseUnserved({
    [`ProtocolVersion '${ProtocolVersion}'`]: ProtocolVersion !== "HTTP1",
    [`IpAddressType '${IpAddressType}'`]: IpAddressType !== "ipv4",
    TargetControlPort: input.TargetControlPort !== undefined,
  });
  return {
    name: input.Name,
    protocol: Protocol,
    port: Port,
    vpcId: VpcId,
    healthCheck: readHealthCheck(input),
    tags: readTags(input.Tags),
  };
}

function missing(what: string): AwsError {
  return new AwsError("ValidationException", `A ${what} must be specified`);
}
