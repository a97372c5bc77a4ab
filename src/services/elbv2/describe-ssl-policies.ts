import type * as sdk from "@aws-sdk/client-elastic-load-balancing-v2";
import { AwsError } from "#aws/service.ts";
import { TLS_POLICIES, type TlsPolicy, tlsPolicy } from "#domain/tls/policies.ts";
import { pageOf } from "#integrations/elbv2/paging.ts";
import type { Elbv2Operation } from "./operation.ts";
import { readPages } from "./wire.ts";

/** https://docs.aws.amazon.com/elasticloadbalancing/latest/APIReference/API_DescribeSSLPolicies.html */
export const DescribeSSLPolicies: Elbv2Operation<"DescribeSSLPolicies"> = (input) => {
  const named = (input.Names ?? []).map((name) => tlsPolicy(name) ?? notFound(name));
  const policies = (named.length > 0 ? named : [...TLS_POLICIES.values()]).filter(
    ({ balancers }) =>
      input.LoadBalancerType === undefined || balancers.some((type) => type === input.LoadBalancerType),
  );
  const { items, nextMarker } = pageOf(readPages(input), policies, ({ name }) => name);
  return { SslPolicies: items.map(showPolicy), NextMarker: nextMarker };
};

function showPolicy({ name, versions, ciphers, balancers }: TlsPolicy): sdk.SslPolicy {
  return {
    Name: name,
    SslProtocols: [...versions],
    Ciphers: ciphers.map((cipher, index) => ({ Name: cipher, Priority: index + 1 })),
    SupportedLoadBalancerTypes: [...balancers],
  };
}

function notFound(name: string): never {
  throw new AwsError("SSLPolicyNotFoundException", `SSL policy '${name}' not found`);
}
