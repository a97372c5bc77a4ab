import type { Rule, Rules } from "#aws/rules.ts";

const ARN: Rule = {
  min: 20,
  max: 2048,
  pattern: /^[\t\n\r\u0020-\u007E\u0085\u00A0-\uD7FF\uE000-\uFFFD]+$/,
};
const TAG_KEY: Rule = { min: 1, max: 128, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]+$/u };
const NAME: Rule = { min: 2, max: 64, pattern: /^[\w+=,.@-]*$/ };
const LONGEST_SESSION = 43_200;

/** What STS asks of its members beyond their types. From the service model of API version 2011-06-15. */
export const rules: Rules = {
  AccessKeyId: { min: 16, max: 128, pattern: /^\w*$/ },
  "AssumeRoleRequest.DurationSeconds": { min: 900, max: LONGEST_SESSION },
  DurationSeconds: { min: 900, max: 129_600 },
  ExternalId: { min: 2, max: 1224, pattern: /^[\w+=,.@:/-]*$/ },
  "GetFederationTokenRequest.Name": { min: 2, max: 32, pattern: /^[\w+=,.@-]*$/ },
  Key: TAG_KEY,
  Policy: { min: 1, max: 131_072, pattern: /^[\t\n\r\u0020-\u00FF]+$/ },
  "PolicyDescriptorType.arn": ARN,
  RoleArn: ARN,
  RoleSessionName: NAME,
  SerialNumber: { min: 9, max: 256, pattern: /^[\w+=/:,.@-]*$/ },
  SourceIdentity: NAME,
  Tags: { max: 50 },
  TokenCode: { min: 6, max: 6, pattern: /^\d*$/, secret: true },
  TransitiveTagKeys: { max: 50, each: TAG_KEY },
  Value: { max: 256, pattern: /^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u },
};
