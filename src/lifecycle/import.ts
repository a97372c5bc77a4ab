import { type CheckedImport, checkImport } from "#ca/import-check.ts";
import { checkReimport } from "#ca/reimport-check.ts";
import type { Keeping } from "#custody/custody.ts";
import { sealPrivateKey } from "#custody/envelope.ts";
import { type CertificateArn, certificateArn } from "#domain/arn.ts";
import { statusAfter } from "#domain/certificate/status.ts";
import { type Tag, withTags } from "#domain/certificate/tags.ts";
import type { Caller, DomainName } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { timeOrderedId } from "#lib/time-ordered-id.ts";
import { readUsageColumns } from "#store/certificate-details.ts";
import { writeTags } from "#store/certificate-tags.ts";
import { insertVersion } from "#store/certificate-versions.ts";
import { changeCertificate, holdCertificate, insertCertificate } from "#store/certificates.ts";
import type { Store, Tx } from "#store/store.ts";
import { recordAct } from "./acts.ts";
import { promiseAdvance } from "./advance-job.ts";
import { readCertificateArn } from "./find.ts";
import { putInForce, saidColumns } from "./put-in-force.ts";
import { countCertificate, type Quotas } from "./quotas.ts";

export interface CertificateImport {
  /** PEM, as it was given; the key stays the caller's to wipe. */
  readonly certificate: Uint8Array;
  readonly privateKey: PlaintextKey;
  readonly certificateChain: Uint8Array | undefined;
  /** The ARN of the imported certificate that this one takes the place of; undefined for a new one. */
  readonly replaces: string | undefined;
  readonly tags: readonly Tag[];
}

export interface ImportDeps extends Keeping {
  readonly store: Store;
  /** None where undefined. */
  readonly quotas?: Quotas | undefined;
}

/**
 * Takes in a certificate with its key, or replaces an imported one under the same ARN; whoever uses it then serves the
 * new one. Throws `import-invalid` with what is wrong, `certificate-not-found`, `parameters-exclude-each-other`,
 * `tag-invalid`, `too-many-tags` and `quota-exceeded`.
 */
export async function importCertificate(
  request: CertificateImport,
  caller: Caller,
  deps: ImportDeps,
): Promise<CertificateArn> {
  const { replaces, tags } = request;
  if (replaces !== undefined && tags.length > 0) {
    throw new Refusal("parameters-exclude-each-other", "Tags cannot be given when a certificate is reimported.");
  }
  const replaced = replaces === undefined ? undefined : readCertificateArn(replaces);
  using checked = checkImport(request, deps.clock.now());
  return await deps.store
    .transaction()
    .execute((tx) =>
      replaced === undefined
        ? importNew(tx, checked, withTags([], tags), caller, deps)
        : reimport(tx, checked, replaced, caller, deps),
    );
}

async function importNew(
  tx: Tx,
  checked: CheckedImport,
  tags: readonly Tag[],
  caller: Caller,
  deps: ImportDeps,
): Promise<CertificateArn> {
  const arn = certificateArn(caller, timeOrderedId(deps.clock.now(), deps.ids));
  const { facts } = checked;
  const now = deps.clock.now();
  await insertCertificate(tx, {
    arn,
    account: caller.account,
    region: caller.region,
    createdAt: now.getTime(),
    type: "IMPORTED",
    keyPairOrigin: "CUSTOMER_PROVIDED",
    status: "ISSUED",
    keyAlgorithm: facts.keyAlgorithm,
    ...names(checked),
    exportOption: "DISABLED",
    generation: FIRST,
    importedAt: now.getTime(),
    ...saidColumns(facts),
    renewal: "NONE",
  });
  await countCertificate(tx, caller, "imported", deps.quotas ?? {}, now);
  await writeTags(tx, arn, tags);
  await takeIn(tx, arn, FIRST, checked, caller, deps);
  await recordAct(tx, arn, "CertificateImported", deps, { ...caller, principal: caller.arn });
  return arn;
}

async function reimport(
  tx: Tx,
  checked: CheckedImport,
  arn: CertificateArn,
  caller: Caller,
  deps: ImportDeps,
): Promise<CertificateArn> {
  const current = await holdCertificate(tx, arn);
  if (current?.account !== caller.account || current.region !== caller.region) {
    throw new Refusal("certificate-not-found", `Could not find certificate ${arn}.`);
  }
  if (current.type !== "IMPORTED") {
    throw new Refusal("import-invalid", `Certificate ${arn} was not imported, so it cannot be reimported.`);
  }
  const { facts } = checked;
  checkReimport({ ...current, ...(await readUsageColumns(tx, arn)) }, facts);
  const generation = current.generation + 1;
  await changeCertificate(tx, arn, current, {
    status: statusAfter("reimported", current.status),
    generation,
    ...names(checked),
    importedAt: deps.clock.now().getTime(),
    ...saidColumns(facts),
  });
  await takeIn(tx, arn, generation, checked, caller, deps);
  await recordAct(tx, arn, "CertificateReimported", deps, { ...caller, principal: caller.arn });
  return arn;
}

/** Seals the key, keeps it with its certificate, puts both in force and promises to look when the validity ends. */
async function takeIn(
  tx: Tx,
  arn: CertificateArn,
  generation: number,
  checked: CheckedImport,
  caller: Caller,
  deps: ImportDeps,
): Promise<void> {
  const { facts, privateKey, subjectPublicKeyInfo, certificatePem, chainPem } = checked;
  const now = deps.clock.now();
  const envelope = await sealPrivateKey(tx, privateKey, caller, arn, deps);
  const madeAt = now.getTime();
  await insertVersion(tx, { certificateArn: arn, generation, subjectPublicKeyInfo, madeAt, sealed: envelope });
  await putInForce(tx, arn, generation, facts, { certificate: certificatePem, chain: chainPem }, now);
  await promiseAdvance(tx, arn, now);
}

/** As the certificate spells them: whoever signed it vouches for them, and they may be IP addresses. */
function names({ facts }: CheckedImport): { readonly domainName: DomainName; readonly names: readonly DomainName[] } {
  return { domainName: facts.domainName as DomainName, names: facts.names as readonly DomainName[] };
}

const FIRST = 1;
