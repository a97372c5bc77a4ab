import { type CertificateNames, certificateNames } from "#ca/certificate-names.ts";
import type { CertificateArn } from "#domain/arn.ts";
import { isEligibleForRenewal } from "#domain/certificate/certificate.ts";
import type { Search, SortKey } from "#domain/certificate/search.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { parsePem } from "#lib/pem.ts";
import { type FoundCertificate, type SearchPlace, searchCertificates } from "#store/certificate-search.ts";
import type { Store } from "#store/store.ts";
import type { SecretDeps } from "./instance-secret.ts";
import { type PageTokens, pageTokens } from "./page-token.ts";

export interface SearchRequest {
  readonly search: Search;
  readonly sortBy: SortKey;
  readonly order: "asc" | "desc";
  readonly limit: number;
  /** Where to go on: what the page before answered. */
  readonly pageToken: string | undefined;
}

export interface SearchResult extends FoundCertificate {
  readonly eligibleForRenewal: boolean;
  /** The names in the certificate itself; undefined before the first issue. */
  readonly certificateNames: CertificateNames | undefined;
}

export interface SearchResults {
  readonly certificates: readonly SearchResult[];
  /** Undefined on the last page. A page may be short and yet not be the last. */
  readonly nextToken: string | undefined;
}

export interface SearchDeps extends SecretDeps {
  readonly store: Store;
}

/** One page of the caller's certificates that match. Throws `search-token-invalid` for a token of another search. */
export async function search(request: SearchRequest, caller: Caller, deps: SearchDeps): Promise<SearchResults> {
  const { search: wanted, sortBy, order, limit, pageToken } = request;
  const tokens = await pageTokens(deps.store, caller, ["search", JSON.stringify(wanted), sortBy, order], deps);
  const after = pageToken === undefined ? undefined : readPlace(pageToken, tokens);
  const { certificates, next } = await searchCertificates(deps.store, caller, wanted, { sortBy, order, after, limit });
  return {
    certificates: certificates.map((certificate) => ({
      ...certificate,
      eligibleForRenewal: isEligibleForRenewal({ ...certificate, exported: certificate.exportedAt !== null }),
      certificateNames: namesIn(certificate.version?.certificate),
    })),
    nextToken: next && tokens.write([next.value, next.arn]),
  };
}

function readPlace(token: string, tokens: PageTokens): SearchPlace {
  const [value, arn] = tokens.read(token) ?? [];
  if (value !== undefined && typeof arn === "string") return { value, arn: arn as CertificateArn };
  throw new Refusal(
    "search-token-invalid",
    "The NextToken is not one that was answered for this search: filter, sort order, account and region must be the same.",
  );
}

function namesIn(pem: string | undefined): CertificateNames | undefined {
  const [leaf] = pem === undefined ? [] : parsePem(pem, 1);
  return leaf && certificateNames(leaf.der);
}
