import type { Keeping } from "#custody/custody.ts";
import { ensureServiceKey } from "#custody/service-keys.ts";
import { type CertificateArn, certificateArn } from "#domain/arn.ts";
import type { Authority, ValidationMethod } from "#domain/certificate/certificate.ts";
import { type Tag, withTags } from "#domain/certificate/tags.ts";
import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import type { Caller, DomainName } from "#domain/names.ts";
import { HOUR } from "#lib/duration.ts";
import { digest } from "#lib/keyed-hash.ts";
import { timeOrderedId } from "#lib/time-ordered-id.ts";
import { newProofs, type ProofDeps, type ToProve } from "#lifecycle/proof/proofs.ts";
import { type PublicAuthorityDeps, publicAuthority } from "#lifecycle/upstream/public-authority.ts";
import { writeTags } from "#store/certificate-tags.ts";
import { findByRequestKey, insertCertificate, releaseRequestKey } from "#store/certificates.ts";
import { startValidations } from "#store/domain-validations.ts";
import type { Store } from "#store/store.ts";
import { promiseAdvance } from "./advance-job.ts";
import { checkNames, countCertificate, type Quotas } from "./quotas.ts";

export interface CertificateRequest {
  /** Distinct, the first one leads. */
  readonly names: readonly [DomainName, ...DomainName[]];
  /** Undefined for certificates of a private CA: nothing is proved. */
  readonly validationMethod: ValidationMethod | undefined;
  readonly validationDomains: ToProve["validationDomains"];
  /** The private CA that shall sign; undefined for a public certificate. */
  readonly certificateAuthorityArn: string | undefined;
  readonly keyAlgorithm: LeafKeyAlgorithm;
  readonly exportOption: "ENABLED" | "DISABLED";
  readonly managedBy: "CLOUDFRONT" | undefined;
  readonly tags: readonly Tag[];
  readonly idempotencyToken: string | undefined;
}

export interface RequestDeps extends Keeping, ProofDeps, PublicAuthorityDeps {
  readonly store: Store;
  /** None where undefined. */
  readonly quotas?: Quotas | undefined;
}

/**
 * Records the request and promises the work; nothing is validated or issued here, see advance.ts. The same token with
 * the same parameters within an hour answers the same certificate. Throws `tag-invalid`, `too-many-tags` and
 * `quota-exceeded`.
 */
export async function requestCertificate(
  request: CertificateRequest,
  caller: Caller,
  deps: RequestDeps,
): Promise<CertificateArn> {
  const { names, validationMethod, validationDomains, certificateAuthorityArn } = request;
  const { keyAlgorithm, exportOption, managedBy } = request;
  const authority: Authority = certificateAuthorityArn === undefined ? publicAuthority(names, deps) : "private-ca";
  const { quotas = {} } = deps;
  checkNames(names, quotas);
  const tags = withTags([], request.tags);
  const arn = certificateArn(caller, timeOrderedId(deps.clock.now(), deps.ids));
  return await deps.store.transaction().execute(async (tx) => {
    const now = deps.clock.now();
    const requestKey = keyOf(request, caller);
    if (requestKey !== null) await releaseRequestKey(tx, requestKey, now.getTime() - TOKEN_LIFETIME);
    const isNew = await insertCertificate(tx, {
      arn,
      account: caller.account,
      region: caller.region,
      createdAt: now.getTime(),
      requestKey,
      type: certificateAuthorityArn === undefined ? "AMAZON_ISSUED" : "PRIVATE",
      keyPairOrigin: "AWS_MANAGED",
      authority,
      certificateAuthorityArn: certificateAuthorityArn ?? null,
      status: "PENDING_VALIDATION",
      keyAlgorithm,
      domainName: names[0],
      commonName: names[0],
      names,
      validationMethod: validationMethod ?? null,
      exportOption,
      managedBy: managedBy ?? null,
      requestedBy: caller.arn,
      generation: 0,
      keyUsages: "",
      extendedKeyUsages: "",
      renewal: "NONE",
    });
    if (!isNew) {
      const earlier = requestKey === null ? undefined : await findByRequestKey(tx, requestKey);
      if (!earlier) throw new Error(`certificate ${arn} was not recorded`);
      return earlier;
    }
    if (certificateAuthorityArn === undefined) await countCertificate(tx, caller, "requested", quotas, now);
    await ensureServiceKey(tx, caller, "alias/aws/acm", deps);
    if (validationMethod !== undefined) {
      const toProve = { account: caller.account, names, validationDomains, authority };
      const proofs = await newProofs(tx, validationMethod, toProve, deps);
      await startValidations(tx, arn, "ISSUE", proofs, now.getTime());
    }
    await writeTags(tx, arn, tags);
    await promiseAdvance(tx, arn, now);
    return arn;
  });
}

/** What makes two requests the same: who, where, the token, and all that was asked. */
function keyOf({ idempotencyToken, ...asked }: CertificateRequest, { account, region }: Caller): string | null {
  if (idempotencyToken === undefined) return null;
  const names = [asked.names[0], ...asked.names.slice(1).sort()];
  const tags = withTags([], asked.tags)
    .map(({ key, value }) => JSON.stringify([key, value]))
    .sort();
  const { validationMethod, certificateAuthorityArn, keyAlgorithm, exportOption, managedBy } = asked;
  const how = [validationMethod, [...asked.validationDomains].map(String).sort(), certificateAuthorityArn];
  const parameters = JSON.stringify([names, how, keyAlgorithm, exportOption, managedBy, tags]);
  return digest(account, region, idempotencyToken, parameters).toString("hex");
}

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html: an idempotency token times out after one hour. */
const TOKEN_LIFETIME = HOUR;
