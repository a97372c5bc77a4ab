import { type AcmeEndpointArn, lastPartOf } from "#domain/acme/arns.ts";

/** Below it are all URLs of ACME clients. */
export const ACME_PATH = "/acme";

export interface UrlDeps {
  /** Where ACME clients reach the front door: `https://host:port`, without a slash at its end. */
  readonly acmeOrigin: string;
}

/** What ACME clients are configured with: EndpointUrl. */
export function directoryUrl(endpoint: AcmeEndpointArn, deps: UrlDeps): string {
  return `${endpointUrl(endpoint, deps)}/directory`;
}

export function accountUrl(endpoint: AcmeEndpointArn, accountId: string, deps: UrlDeps): string {
  return `${endpointUrl(endpoint, deps)}/account/${accountId}`;
}

/** The account that a URL of this endpoint names; undefined when it names anything else. */
export function accountIdIn(url: string, endpoint: AcmeEndpointArn, deps: UrlDeps): string | undefined {
  const start = accountUrl(endpoint, "", deps);
  const id = url.startsWith(start) ? url.slice(start.length) : "";
  return /^[0-9a-f-]{36}$/.test(id) ? id : undefined;
}

export function endpointUrl(endpoint: AcmeEndpointArn, { acmeOrigin }: UrlDeps): string {
  return `${acmeOrigin}${ACME_PATH}/${lastPartOf(endpoint)}`;
}

/** The same place over TLS: RFC 8555 section 6.1 knows nothing else, and the front door speaks both on its one port. */
export function overTls(publicUrl: string): string {
  const { protocol, hostname, port } = new URL(publicUrl);
  const shown = port || (protocol === "https:" ? "443" : "80");
  return shown === "443" ? `https://${hostname}` : `https://${hostname}:${shown}`;
}
