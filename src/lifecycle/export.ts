import type { Keeping } from "#custody/custody.ts";
import { openPrivateKey } from "#custody/envelope.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { encryptPkcs8 } from "#lib/encrypted-pkcs8.ts";
import { pem } from "#lib/pem.ts";
import type { PlaintextKey } from "#lib/plaintext-key.ts";
import { recordExport } from "#store/certificate-exports.ts";
import { type CurrentVersion, findCurrentVersion, type SealedKey } from "#store/certificate-versions.ts";
import { type CertificateState, changeCertificate } from "#store/certificates.ts";
import type { Store } from "#store/store.ts";
import { recordAct } from "./acts.ts";
import { promiseAdvance } from "./advance-job.ts";
import { requestInProgress } from "./find.ts";
import { holdOwn } from "./hold-own.ts";

/** A certificate with its key, as PEM; the key is encrypted under the passphrase. */
export interface ExportedCertificate {
  readonly certificate: string;
  readonly chain: string | undefined;
  readonly privateKey: string;
}

export interface ExportDeps extends Keeping {
  readonly store: Store;
}

/**
 * Hands out a certificate with its private key. That it does is on record before the key is opened, and the key is never
 * outside of its block in clear. Throws `certificate-ineligible` for what stays inside, `certificate-not-issued-yet`,
 * `certificate-not-found` and `certificate-arn-invalid`.
 */
export async function exportCertificate(
  arnText: string,
  passphrase: PlaintextKey,
  caller: Caller,
  deps: ExportDeps,
): Promise<ExportedCertificate> {
  const { arn, version } = await deps.store.transaction().execute(async (tx) => {
    const held = await holdOwn(tx, arnText, caller);
    const exportable = checkExportable(held, await findCurrentVersion(tx, held.arn));
    const now = deps.clock.now();
    await changeCertificate(tx, held.arn, held, { exportedAt: now.getTime() });
    await recordExport(tx, held.arn, exportable.generation, now.getTime());
    await recordAct(tx, held.arn, "CertificateExported", deps, { ...caller, principal: caller.arn });
    await promiseAdvance(tx, held.arn, now); // from now on it is renewed
    return { arn: held.arn, version: exportable };
  });
  using pkcs8 = await openPrivateKey(deps.store, version.sealed, caller, arn, deps);
  const privateKey = pem("ENCRYPTED PRIVATE KEY", encryptPkcs8(pkcs8, passphrase));
  return { certificate: version.certificate, chain: version.chain, privateKey };
}

/** https://docs.aws.amazon.com/acm/latest/userguide/export-public-certificate.html */
function checkExportable(certificate: CertificateState, version: CurrentVersion | undefined): Exportable {
  const { arn, type, keyPairOrigin, exportOption, status } = certificate;
  if (type === "IMPORTED") throw ineligible(`Certificate ARN: ${arn} is not a private certificate: it was imported.`);
  if (keyPairOrigin === "ACME") {
    throw ineligible(`Certificate ARN: ${arn} cannot be exported: the ACME client that it was issued to has the key.`);
  }
  if (type === "AMAZON_ISSUED" && exportOption !== "ENABLED") {
    throw ineligible(
      `Certificate ARN: ${arn} is not a private certificate, and was not requested with Options.Export=ENABLED.`,
    );
  }
  if (status === "PENDING_VALIDATION") throw requestInProgress(certificate);
  if (status !== "ISSUED" || !version?.sealed) {
    throw ineligible(`Certificate ARN: ${arn} cannot be exported: it is ${status}.`);
  }
  return { ...version, sealed: version.sealed };
}

interface Exportable extends CurrentVersion {
  readonly sealed: SealedKey;
}

function ineligible(message: string): Refusal {
  return new Refusal("certificate-ineligible", message);
}
