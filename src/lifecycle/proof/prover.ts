import type { FailureReason } from "#domain/certificate/certificate.ts";
import type { CertificateState } from "#store/certificates.ts";
import type { DomainValidation, Purpose } from "#store/domain-validations.ts";

/** What one look at a domain found out. */
export interface Finding {
  readonly proven: boolean;
  /** What is wrong, in words for the owner of the domain; undefined when it is proven. */
  readonly problem?: string | undefined;
  /** Everything that was asked and answered, in order: JSON values, shown by `sealkeeper explain`. */
  readonly lookups: readonly unknown[];
  /** When it is looked at again; undefined: as recheck.ts says. */
  readonly again?: Date | undefined;
  /** It will never be proven: a first issue ends with this reason, a renewal shows it. */
  readonly failure?: FailureReason | undefined;
}

/** How one method of validation looks whether a domain is proven. Never rejects for what the network does. */
export type Prover<Deps> = (
  validation: DomainValidation,
  context: { readonly certificate: CertificateState; readonly purpose: Purpose },
  deps: Deps,
) => Promise<Finding>;
