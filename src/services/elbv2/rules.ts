import * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import type { Rule, Rules } from "#aws/rules.ts";

const TAG_TEXT = /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u;
const PORT: Rule = { min: 1, max: 65_535 };
const ATTRIBUTE_KEY: Rule = { max: 256, pattern: /^[a-zA-Z0-9._]+$/ };
const PROTOCOL: Rule = { oneOf: sdk.ProtocolEnum };

/** What Elastic Load Balancing asks of its members beyond their types. From the service model of API version 2015-12-01. */
export const rules: Rules = {
  "Action.Type": { oneOf: sdk.ActionTypeEnum },
  ContentType: { max: 32 },
  "CreateListenerInput.Port": PORT,
  "CreateListenerInput.Protocol": PROTOCOL,
  "CreateLoadBalancerInput.IpAddressType": { oneOf: sdk.IpAddressType },
  "CreateLoadBalancerInput.Type": { oneOf: sdk.LoadBalancerTypeEnum },
  "CreateTargetGroupInput.IpAddressType": { oneOf: sdk.TargetGroupIpAddressTypeEnum },
  "CreateTargetGroupInput.Port": PORT,
  "CreateTargetGroupInput.Protocol": PROTOCOL,
  CustomerOwnedIpv4Pool: { max: 256, pattern: /^(ipv4pool-coip-)[a-zA-Z0-9]+$/ },
  EnablePrefixForIpv6SourceNat: { oneOf: sdk.EnablePrefixForIpv6SourceNatEnum },
  EnforceSecurityGroupInboundRulesOnPrivateLinkTraffic: {
    oneOf: sdk.EnforceSecurityGroupInboundRulesOnPrivateLinkTrafficEnum,
  },
  "FixedResponseActionConfig.StatusCode": { pattern: /^(2|4|5)\d\d$/ },
  HealthCheckIntervalSeconds: { min: 5, max: 300 },
  HealthCheckPath: { min: 1, max: 1024 },
  HealthCheckProtocol: PROTOCOL,
  HealthCheckTimeoutSeconds: { min: 2, max: 120 },
  HealthyThresholdCount: { min: 2, max: 10 },
  Host: { min: 1, max: 128 },
  Include: { each: { oneOf: sdk.DescribeTargetHealthInputIncludeEnum } },
  "ListenerAttribute.Key": ATTRIBUTE_KEY,
  "LoadBalancerAttribute.Key": ATTRIBUTE_KEY,
  "LoadBalancerAttribute.Value": { max: 1024 },
  LoadBalancerType: { oneOf: sdk.LoadBalancerTypeEnum },
  MessageBody: { max: 1024 },
  "ModifyListenerInput.Port": PORT,
  "ModifyListenerInput.Protocol": PROTOCOL,
  "ModifyLoadBalancerAttributesInput.Attributes": { max: 20 },
  Order: { min: 1, max: 50_000 },
  PageSize: { min: 1, max: 400 },
  Path: { min: 1, max: 128 },
  Query: { max: 128 },
  "RedirectActionConfig.Protocol": { pattern: /^(HTTPS?|#\{protocol\})$/ },
  "RedirectActionConfig.StatusCode": { oneOf: sdk.RedirectActionStatusCodeEnum },
  Scheme: { oneOf: sdk.LoadBalancerSchemeEnum },
  "SetSubnetsInput.IpAddressType": { oneOf: sdk.IpAddressType },
  "Tag.Key": { min: 1, max: 128, pattern: TAG_TEXT },
  "Tag.Value": { max: 256, pattern: TAG_TEXT },
  TagKeys: { each: { min: 1, max: 128, pattern: TAG_TEXT } },
  Tags: { min: 1 },
  TargetControlPort: PORT,
  "TargetDescription.Port": PORT,
  "TargetGroupAttribute.Key": ATTRIBUTE_KEY,
  TargetType: { oneOf: sdk.TargetTypeEnum },
  UnhealthyThresholdCount: { min: 2, max: 10 },
};
