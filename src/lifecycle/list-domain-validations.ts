import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { readCertificateState } from "#store/certificates.ts";
import { type DomainValidation, readValidations } from "#store/domain-validations.ts";
import type { Store } from "#store/store.ts";
import { certificateNotFound, readCertificateArn } from "./find.ts";
import type { SecretDeps } from "./instance-secret.ts";
import { pageTokens } from "./page-token.ts";

/** How one name is proved: as it is, and while a change of method runs as it shall be. */
export interface ListedValidation {
  readonly active: DomainValidation;
  readonly requested: DomainValidation | undefined;
}

export interface ValidationPage {
  readonly validations: readonly ListedValidation[];
  readonly nextToken: string | undefined;
}

export interface ListValidationsDeps extends SecretDeps {
  readonly store: Store;
}

/**
 * The proofs of a certificate, page by page in the order of the request; none where nothing is proved. Throws
 * `page-token-invalid`, `certificate-not-found` and `certificate-arn-invalid`.
 */
export async function listDomainValidations(
  {
    arn: arnText,
    limit,
    pageToken,
  }: { readonly arn: string; readonly limit: number; readonly pageToken: string | undefined },
  caller: Caller,
  deps: ListValidationsDeps,
): Promise<ValidationPage> {
  const arn = readCertificateArn(arnText);
  const certificate = await readCertificateState(deps.store, arn);
  if (certificate?.account !== caller.account || certificate.region !== caller.region) {
    throw certificateNotFound(arn, caller);
  }
  const tokens = await pageTokens(deps.store, caller, ["domain-validations", arn], deps);
  const [after = -1] = pageToken === undefined ? [] : (tokens.read(pageToken) ?? [undefined]);
  if (typeof after !== "number" || (pageToken !== undefined && after < 0)) {
    throw new Refusal("page-token-invalid", "The NextToken is not one that was answered for this certificate.");
  }
  const all = await readValidations(deps.store, arn);
  const changing = certificate.migration === "PENDING_DOMAIN_VALIDATION";
  const rest = all
    .filter(({ purpose, position }) => purpose === "ISSUE" && position > after)
    .map((active) => ({
      active,
      requested: changing
        ? all.find(({ purpose, position }) => purpose === "MIGRATION" && position === active.position)
        : undefined,
    }));
  const validations = rest.slice(0, limit);
  const last = validations.at(-1);
  return { validations, nextToken: last && rest.length > limit ? tokens.write([last.active.position]) : undefined };
}
