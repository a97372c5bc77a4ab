import type { CertificateArn } from "#domain/arn.ts";
import { isEligibleForRenewal } from "#domain/certificate/certificate.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { digest, keyedHash } from "#lib/keyed-hash.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import {
  type CertificateFilter,
  type ListedCertificate,
  type Place,
  pageCertificates,
} from "#store/certificate-list.ts";
import type { Store } from "#store/store.ts";
import { instanceSecret, type SecretDeps } from "./instance-secret.ts";

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
  using secret = await instanceSecret(deps.store, "page-tokens", deps);
  const list = digest(caller.account, caller.region, JSON.stringify(filter), order).toString("hex");
  const after = pageToken === undefined ? undefined : readPlace(pageToken, list, secret);
  const { certificates, next } = await pageCertificates(deps.store, caller, filter, { order, after, limit });
  return {
    certificates: certificates.map((certificate) => ({
      ...certificate,
      eligibleForRenewal: isEligibleForRenewal({ ...certificate, exported: certificate.exportedAt !== null }),
    })),
    nextToken: next && writePlace(next, list, secret),
  };
}

/** A place in one list, and the proof that it was ours: it fits no other account, region, filter or order. */
function writePlace({ createdAt, arn }: Place, list: string, secret: PlaintextKey): string {
  const place = `${createdAt}.${arn}`;
  return Buffer.from(`${keyedHash(secret.bytes, list, place).toString("base64url")}.${place}`).toString("base64url");
}

function readPlace(token: string, list: string, secret: PlaintextKey): Place {
  const [, createdAt, arn] = /^[\w-]{43}\.(\d{1,15})\.(.+)$/.exec(Buffer.from(token, "base64url").toString()) ?? [];
  const place = createdAt !== undefined && arn !== undefined ? { createdAt: Number(createdAt), arn } : undefined;
  // The token is public to its owner and only guards against mixing lists up, so comparing texts gives nothing away.
  if (place && writePlace({ ...place, arn: place.arn as CertificateArn }, list, secret) === token) {
    return { ...place, arn: place.arn as CertificateArn };
  }
  throw new Refusal("page-token-invalid", "The NextToken is not one that was answered for these parameters.");
}
