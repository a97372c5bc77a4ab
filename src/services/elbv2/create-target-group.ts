import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError, type InputOf } from "#aws/service.ts";
import type { ProtocolVersion } from "#domain/balancers/target-group.ts";
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
  if (TargetType === "lambda") {
    throw new AwsError(
      "InvalidConfigurationRequestException",
      "Target type lambda is not available here: there are no functions to invoke",
    );
  }
  if (!isVersion(ProtocolVersion)) {
    throw new AwsError(
      "ValidationException",
      `Protocol version '${ProtocolVersion}' must be one of '${VERSIONS.join(", ")}'`,
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
    [`IpAddressType '${IpAddressType}'`]: IpAddressType !== "ipv4",
    TargetControlPort: input.TargetControlPort !== undefined,
  });
  return {
    name: input.Name,
    protocol: Protocol,
    protocolVersion: ProtocolVersion,
    targetType: TargetType,
    port: Port,
    vpcId: VpcId,
    healthCheck: readHealthCheck(input),
    tags: readTags(input.Tags),
  };
}

function missing(what: string): AwsError {
  return new AwsError("ValidationException", `A ${what} must be specified`);
}

function isVersion(text: string): text is ProtocolVersion {
  return VERSIONS.some((version) => version === text);
}

const VERSIONS: readonly ProtocolVersion[] = ["HTTP1", "HTTP2", "GRPC"];
