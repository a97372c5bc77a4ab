import type { Rules } from "#aws/rules.ts";

/** https://docs.aws.amazon.com/STS/latest/APIReference/API_GetAccessKeyInfo.html */
export const rules: Rules = {
  AccessKeyId: { min: 16, max: 128, pattern: /^\w*$/ },
};
