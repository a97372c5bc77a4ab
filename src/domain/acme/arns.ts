import { parseArn } from "#domain/arn.ts";
import type { Named, Owner } from "#domain/names.ts";

export type AcmeEndpointArn = Named<"AcmeEndpointArn">;
export type AcmeDomainValidationArn = Named<"AcmeDomainValidationArn">;
export type AcmeBindingArn = Named<"AcmeBindingArn">;

/** What belongs to an endpoint and has an ARN of its own. */
export type AcmeResourceKind = "acme-endpoint" | "acme-domain-validation" | "acme-external-account-binding";

export function acmeEndpointArn({ region, account }: Owner, id: string): AcmeEndpointArn {
  return `arn:aws:acm:${region}:${account}:acme-endpoint/${id}` as AcmeEndpointArn;
}

export function acmeDomainValidationArn(endpoint: AcmeEndpointArn, id: string): AcmeDomainValidationArn {
  return `${endpoint}/acme-domain-validation/${id}` as AcmeDomainValidationArn;
}

export function acmeBindingArn(endpoint: AcmeEndpointArn, id: string): AcmeBindingArn {
  return `${endpoint}/acme-external-account-binding/${id}` as AcmeBindingArn;
}

/** The last part of an ARN: an endpoint's name in its URLs, a binding's KeyId. */
export function lastPartOf(arn: AcmeEndpointArn | AcmeDomainValidationArn | AcmeBindingArn): string {
  return arn.slice(arn.lastIndexOf("/") + 1);
}

/** The parts of an ARN of the ACME family. */
export interface AcmeArn extends Owner {
  readonly kind: AcmeResourceKind;
  /** Itself, where `kind` is `acme-endpoint`. */
  readonly endpoint: AcmeEndpointArn;
}

/** Undefined when `text` names anything else. */
export function parseAcmeArn(text: string): AcmeArn | undefined {
  const { service, account, region, resource = "" } = parseArn(text) ?? {};
  const [, endpoint, below = "acme-endpoint"] =
    /^(acme-endpoint\/[A-Za-z0-9-]+)(?:\/(acme-domain-validation|acme-external-account-binding)\/[A-Za-z0-9-]+)?$/.exec(
      resource,
    ) ?? [];
  if (service !== "acm" || !account || !region || endpoint === undefined) return undefined;
  const whole = text.slice(0, text.length - resource.length + endpoint.length);
  return { account, region, kind: below as AcmeResourceKind, endpoint: whole as AcmeEndpointArn };
}
