import { type AccountId, type Named, type Owner, parseAccountId, parseRegion, type Region } from "./names.ts";

export type CertificateArn = Named<"CertificateArn">;
export type KeyArn = Named<"KeyArn">;
export type LoadBalancerArn = Named<"LoadBalancerArn">;

/** The parts of `arn:aws:<service>:<region>:<account>:<resource>`. Global services leave region or account empty. */
export interface Arn {
  readonly service: string;
  readonly region: Region | undefined;
  readonly account: AccountId | undefined;
  /** Everything behind the fifth colon, for example `certificate/6c9…`. */
  readonly resource: string;
}

/** The parts of an ARN, or undefined when `text` is none. */
export function parseArn(text: string): Arn | undefined {
  const match = /^arn:aws[a-z-]*:([a-z0-9-]+):([a-z0-9-]*):(\d*):(.+)$/.exec(text);
  const [, service, region, account, resource] = match ?? [];
  if (service === undefined || resource === undefined) return undefined;
  return { service, region: parseRegion(region ?? ""), account: parseAccountId(account ?? ""), resource };
}

export function certificateArn(owner: Owner, id: string): CertificateArn {
  return `arn:aws:acm:${owner.region}:${owner.account}:certificate/${id}` as CertificateArn;
}

export function keyArn(owner: Owner, id: string): KeyArn {
  return `arn:aws:kms:${owner.region}:${owner.account}:key/${id}` as KeyArn;
}

/** `type` is `app` for an Application, `net` for a Network Load Balancer. */
export function loadBalancerArn(owner: Owner, type: "app" | "net", name: string, id: string): LoadBalancerArn {
  return `arn:aws:elasticloadbalancing:${owner.region}:${owner.account}:loadbalancer/${type}/${name}/${id}` as LoadBalancerArn;
}

/** The account's own principal. */
export function rootArn(account: AccountId): string {
  return `arn:aws:iam::${account}:root`;
}

/** The principal of an edge process. It is no AWS principal, so it stands in a partition of AWS's ARN form that AWS does not use. */
export function edgeArn(account: AccountId, edge: string): string {
  return `arn:aws:sealkeeper::${account}:edge/${edge}`;
}
