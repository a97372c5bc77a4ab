import { endpointUrl } from "#acme/urls.ts";
import type { AcmeEndpoint } from "#store/acme-endpoints.ts";
import type { ServerDeps } from "./deps.ts";

/** What goes back to an ACME client, before nonce and index link are put to it. */
export interface AcmeReply {
  readonly status: number;
  /** An object is JSON; text is PEM. */
  readonly body?: object | string;
  readonly headers?: Readonly<Record<string, string>>;
  /** Values of Link headers, each a line of its own: some clients cannot read them in one. */
  readonly links?: readonly string[];
}

/** URLs of an endpoint's resources. */
export interface ResourceUrls {
  readonly directory: string;
  account(id: string): string;
  orders(accountId: string, after?: string): string;
  order(id: string): string;
  finalize(orderId: string): string;
  authorization(orderId: string, index: number): string;
  certificate(orderId: string, alternative?: number): string;
  of(path: string): string;
}

export function resourceUrls({ arn }: Pick<AcmeEndpoint, "arn">, deps: Pick<ServerDeps, "acmeOrigin">): ResourceUrls {
  const base = endpointUrl(arn, deps);
  const of = (path: string): string => `${base}/${path}`;
  return {
    of,
    directory: of("directory"),
    account: (id) => of(`account/${id}`),
    orders: (accountId, after) => of(`account/${accountId}/orders${after === undefined ? "" : `/${after}`}`),
    order: (id) => of(`order/${id}`),
    finalize: (orderId) => of(`order/${orderId}/finalize`),
    authorization: (orderId, index) => of(`authz/${orderId}/${index}`),
    certificate: (orderId, alternative) => of(`cert/${orderId}${alternative === undefined ? "" : `/${alternative}`}`),
  };
}

/** `<url>;rel="relation"` (RFC 8288). */
export function link(url: string, relation: string): string {
  return `<${url}>;rel="${relation}"`;
}

/** RFC 3339, in whole seconds where there are no fractions. */
export function shownTime(time: Date | number): string {
  return new Date(time).toISOString().replace(".000Z", "Z");
}
