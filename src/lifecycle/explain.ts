import type { CertificateStatus } from "#domain/certificate/status.ts";
import type { Owner } from "#domain/names.ts";
import { explainOrders, type OrderExplanation } from "#lifecycle/upstream/explain-orders.ts";
import { readCertificate } from "#store/certificate-details.ts";
import { type LatestLookup, readLookups } from "#store/domain-validations.ts";
import { findJobError } from "#store/jobs.ts";
import type { Store } from "#store/store.ts";
import type { Asked } from "#validation/asked.ts";
import { ADVANCE } from "./advance-job.ts";
import { certificateNotFound, readCertificateArn } from "./find.ts";

/** Why a certificate is as it is: what ACM's own answers have no place for. */
export interface Explanation {
  readonly status: CertificateStatus;
  /** Why the last try to issue or renew it came to nothing; undefined when it did not fail. */
  readonly trouble: string | undefined;
  readonly domains: readonly DomainExplanation[];
  /** What public CAs were asked for, where they sign. */
  readonly orders: readonly OrderExplanation[];
}

export interface DomainExplanation extends LatestLookup {
  /** Everything that was asked at the latest look-up, in order; undefined before the first. */
  readonly lookups: readonly Asked[] | undefined;
}

/** Throws `certificate-not-found` and `certificate-arn-invalid`. */
export async function explainCertificate(
  arnText: string,
  caller: Owner,
  { store }: { readonly store: Store },
): Promise<Explanation> {
  const arn = readCertificateArn(arnText);
  const certificate = await readCertificate(store, caller, arn);
  if (!certificate) throw certificateNotFound(arn, caller);
  const trouble = certificate.trouble ?? (await findJobError(store, ADVANCE, arn));
  return {
    status: certificate.status,
    trouble,
    domains: (await readLookups(store, arn)) as readonly DomainExplanation[],
    orders: await explainOrders(arn, certificate.generation, { store }),
  };
}
