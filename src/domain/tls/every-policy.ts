import { API_GATEWAY_POLICIES } from "./api-gateway-policies.ts";
import { CLOUDFRONT_POLICIES } from "./cloudfront-policies.ts";
import { TLS_POLICIES } from "./policies.ts";
import type { PolicyUser, TlsPolicy } from "./suites.ts";

/** Every security policy of every service, in the order of AWS's tables. */
export const EVERY_TLS_POLICY: readonly TlsPolicy[] = [
  ...TLS_POLICIES.values(),
  ...CLOUDFRONT_POLICIES,
  ...API_GATEWAY_POLICIES,
].map((policy) => Object.freeze(policy));

/** The policy that a service calls by that name; undefined when it has none. Two services may mean different ones by a name. */
export function tlsPolicyOf(user: PolicyUser, name: string): TlsPolicy | undefined {
  return EVERY_TLS_POLICY.find((policy) => policy.name === name && policy.users.includes(user));
}
