import type { Keeping } from "#custody/custody.ts";
import { ensureServiceKey } from "#custody/service-keys.ts";
import { type CertificateArn, certificateArn } from "#domain/arn.ts";
import { type Tag, withTags } from "#domain/certificate/tags.ts";
import type { LeafKeyAlgorithm } from "#domain/keys/leaf-key.ts";
import type { AccountId, Caller, DomainName } from "#domain/names.ts";
import { HOUR } from "#lib/duration.ts";
import { digest } from "#lib/keyed-hash.ts";
import { writeTags } from "#store/certificate-tags.ts";
import { findByRequestKey, insertCertificate, releaseRequestKey } from "#store/certificates.ts";
import { type NewDomainValidation, startValidations } from "#store/domain-validations.ts";
import type { Store, Tx } from "#store/store.ts";
import { promiseAdvance } from "./advance-job.ts";
import { instanceSecret } from "./instance-secret.ts";
import { validationRecord } from "./validation-record.ts";

export interface CertificateRequest {
  /** Distinct, the first one leads. */
  readonly names: readonly [DomainName, ...DomainName[]];
  readonly validationMethod: "DNS";
  readonly keyAlgorithm: LeafKeyAlgorithm;
  readonly exportOption: "ENABLED" | "DISABLED";
  readonly managedBy: "CLOUDFRONT" | undefined;
  readonly tags: readonly Tag[];
  readonly idempotencyToken: string | undefined;
}

export interface RequestDeps extends Keeping {
  readonly store: Store;
  /** What validation records point into, without the last dot; `acm-validations.aws` when undefined. */
  readonly validationSuffix?: string | undefined;
}

/**
 * Records the request and promises the work; nothing is validated or issued here, see advance.ts. The same token with
 * the same parameters within an hour answers the same certificate. Throws `tag-invalid` and `too-many-tags`.
 */
export async function requestCertificate(
  request: CertificateRequest,
  caller: Caller,
  deps: RequestDeps,
): Promise<CertificateArn> {
  const { names, validationMethod, keyAlgorithm, exportOption, managedBy } = request;
  const tags = withTags([], request.tags);
  const arn = certificateArn(caller, deps.ids.uuid());
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
      type: "AMAZON_ISSUED",
      status: "PENDING_VALIDATION",
      keyAlgorithm,
      domainName: names[0],
      names,
      validationMethod,
      exportOption,
      managedBy: managedBy ?? null,
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
    await ensureServiceKey(tx, caller, "alias/aws/acm", deps);
    await startValidations(tx, arn, "ISSUE", await proofs(tx, names, caller.account, deps), now.getTime());
    await writeTags(tx, arn, tags);
    await promiseAdvance(tx, arn, now);
    return arn;
  });
}

async function proofs(
  tx: Tx,
  names: readonly DomainName[],
  account: AccountId,
  deps: RequestDeps,
): Promise<readonly NewDomainValidation[]> {
  using secret = await instanceSecret(tx, "validation-records", deps);
  return names.map((domainName, position) => {
    const { name, value } = validationRecord(secret, account, domainName, deps.validationSuffix);
    const validationDomain = domainName;
    return { position, domainName, validationDomain, method: "DNS", recordName: name, recordValue: value };
  });
}

/** What makes two requests the same: who, where, the token, and all that was asked. */
function keyOf({ idempotencyToken, ...asked }: CertificateRequest, { account, region }: Caller): string | null {
  if (idempotencyToken === undefined) return null;
  const names = [asked.names[0], ...asked.names.slice(1).sort()];
  const tags = withTags([], asked.tags)
    .map(({ key, value }) => JSON.stringify([key, value]))
    .sort();
  const { validationMethod, keyAlgorithm, exportOption, managedBy } = asked;
  const parameters = JSON.stringify([names, validationMethod, keyAlgorithm, exportOption, managedBy, tags]);
  return digest(account, region, idempotencyToken, parameters).toString("hex");
}

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_RequestCertificate.html: an idempotency token times out after one hour. */
const TOKEN_LIFETIME = HOUR;
