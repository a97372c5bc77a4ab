import { createSecureContext, type SecureContext } from "node:tls";
import { DEFAULT_TLS_POLICY, tlsPolicy } from "#domain/tls/policies.ts";

/**
 * The security policy with which targets are reached from a listener with that policy, which is undefined for HTTP.
 * https://docs.aws.amazon.com/elasticloadbalancing/latest/application/describe-ssl-policies.html
 */
export function targetPolicy(listenerPolicy: string | undefined): string {
  const policy = listenerPolicy ?? DEFAULT_TLS_POLICY;
  if (policy.includes("RFC9151")) return "ELBSecurityPolicy-TLS13-1-2-RFC9151-INTEROP4-FIPS-2023-07";
  if (policy.includes("FIPS")) return "ELBSecurityPolicy-TLS13-1-0-FIPS-2023-04";
  if (policy.includes("TLS13")) return "ELBSecurityPolicy-TLS13-1-0-2021-06";
  return "ELBSecurityPolicy-2016-08";
}

/** What a client of that policy offers; one for all connections. Throws for a name that is no policy. */
export function targetContext(policyName: string): SecureContext {
  const known = contexts.get(policyName);
  if (known) return known;
  const policy = tlsPolicy(policyName);
  if (!policy) throw new Error(`there is no security policy ${policyName}`);
  const old = policy.versions.some((version) => version === "TLSv1" || version === "TLSv1.1");
  const context = createSecureContext({
    minVersion: policy.versions.at(0) ?? "TLSv1.2",
    maxVersion: policy.versions.at(-1) ?? "TLSv1.3",
    // OpenSSL speaks TLS 1.0 and 1.1 at level 0 only.
    ciphers: [...policy.ciphers, ...(old ? ["@SECLEVEL=0"] : [])].join(":"),
    ecdhCurve: policy.groups.join(":"),
  });
  contexts.set(policyName, context);
  return context;
}

const contexts = new Map<string, SecureContext>();
