import type { CertificateArn } from "#domain/arn.ts";
import { isEligibleForRenewal } from "#domain/certificate/certificate.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import {
  type CertificateFilter,
  type ListedCertificate,
  type Place,
  pageCertificates,
} from "#store/certificate-list.ts";
import type { Store } from "#store/store.ts";
import type { SecretDeps } from "./instance-secret.ts";
import { type PageTokens, pageTokens } from "./page-token.ts";

export type { CertificateFilter } from "#store/certificate-list.ts";

export interface ListRequest {
  readonly filter: CertificateFilter;
  /** By creation. */
  readonly order: "asc" | "desc";
  readonly limit: number;
  /** Where to go on: what the page before answered. */
  readonly pageToken: string | undefined;
}

export interface ListedPage {
  readonly certificates: readonly (ListedCertificate & { readonly eligibleForRenewal: boolean })[];
  /** Undefined on the last page. A page may be short and yet not be the last. */
  readonly nextToken: string | undefined;
}

export interface ListDeps extends SecretDeps {
  readonly store: Store;
}

/** One page of the caller's certificates. Throws `page-token-invalid` for a token of another list. */
export async function listCertificates(
  { filter, order, limit, pageToken }: ListRequest,
  caller: Caller,
  deps: ListDeps,
): Promise<ListedPage> {
  const tokens = await pageTokens(deps.store, caller, ["certificates", JSON.stringify(filter), order], deps);
  const after = pageToken === undefined ? undefined : readPlace(pageToken, tokens);
  const { certificates, next } = await pageCertificates(deps.store, caller, filter, { order, after, limit });
  return {
    certificates: certificates.map((certificate) => ({
      ...certificate,
      eligibleForRenewal: isEligibleForRenewal({ ...certificate, exported: certificate.exportedAt !== null }),
    })),
    nextToken: next && tokens.write([next.createdAt, next.arn]),
  };
}

function readPlace(token: string, tokens: PageTokens): Place {
  const [createdAt, arn] = tokens.read(token) ?? [];
  if (typeof createdAt === "number" && typeof arn === "string") return { createdAt, arn: arn as CertificateArn };
  throw new Refusal("page-token-invalid", "The NextToken is not one that was answered for these parameters.");
}
