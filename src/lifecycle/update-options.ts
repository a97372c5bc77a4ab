import type { ValidationMethod } from "#domain/certificate/certificate.ts";
import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import type { Clock } from "#lib/clock.ts";
import type { ProofDeps } from "#lifecycle/proof/proofs.ts";
import type { CertificateState } from "#store/certificates.ts";
import type { Store } from "#store/store.ts";
import { holdOwn } from "./hold-own.ts";
import { startMigration } from "./migrate.ts";

/** What shall be; undefined for what is to stay. */
export interface CertificateOptions {
  readonly transparencyLogging: "ENABLED" | "DISABLED" | undefined;
  readonly exportOption: "ENABLED" | "DISABLED" | undefined;
  readonly validationMethod: ValidationMethod | undefined;
}

export interface UpdateOptionsDeps extends ProofDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Changes the options of a certificate; what is so already is no change. Only the validation method can change, from
 * e-mail to DNS: see migrate.ts. Throws `state-forbids`, `option-fixed`, `certificate-busy` while such a change runs,
 * `certificate-not-found` and `certificate-arn-invalid`.
 */
export async function updateOptions(
  arnText: string,
  options: CertificateOptions,
  caller: Caller,
  deps: UpdateOptionsDeps,
): Promise<void> {
  await deps.store.transaction().execute(async (tx) => {
    const certificate = await holdOwn(tx, arnText, caller);
    const changes = changesOf(certificate, options);
    if (!Object.values(changes).includes(true)) return;
    checkChangeable(certificate);
    if (changes.exportOption) throw new Refusal("option-fixed", "Export option for certificates cannot be updated");
    if (!changes.validationMethod) return; // transparency logging: every public certificate is logged, whatever is asked
    if (certificate.validationMethod !== "EMAIL" || options.validationMethod !== "DNS") {
      throw new Refusal(
        "option-fixed",
        `The validation method can be changed from EMAIL to DNS only; that of certificate ${certificate.arn} is ${certificate.validationMethod}.`,
      );
    }
    if (!(await startMigration(tx, certificate, deps))) {
      throw new Refusal(
        "certificate-busy",
        `The validation method of certificate ${certificate.arn} is being changed to DNS already.`,
      );
    }
  });
}

function changesOf(
  { type, exportOption, validationMethod }: CertificateState,
  options: CertificateOptions,
): Readonly<Record<keyof CertificateOptions, boolean>> {
  return {
    transparencyLogging: differs(options.transparencyLogging, shownTransparencyLogging(type)),
    exportOption: differs(options.exportOption, exportOption),
    validationMethod: differs(options.validationMethod, validationMethod),
  };
}

function differs<T>(asked: T | undefined, present: T | null): boolean {
  return asked !== undefined && asked !== present;
}

/** Public certificates are always logged since June 2026, whatever was asked; imported ones are not ours to log. */
export function shownTransparencyLogging(type: CertificateState["type"]): "ENABLED" | "DISABLED" {
  return type === "IMPORTED" ? "DISABLED" : "ENABLED";
}

/** https://docs.aws.amazon.com/acm/latest/APIReference/API_UpdateCertificateOptions.html */
function checkChangeable({ arn, type, keyPairOrigin, status }: CertificateState): void {
  const whose =
    type === "IMPORTED"
      ? "imported certificates"
      : type === "PRIVATE"
        ? "private certificates"
        : keyPairOrigin === "ACME"
          ? "certificates of ACME clients"
          : undefined;
  if (whose !== undefined) {
    throw new Refusal("state-forbids", `The UpdateCertificateOptions command is not permitted for ${whose}`);
  }
  if (status !== "ISSUED") {
    throw new Refusal(
      "state-forbids",
      `The UpdateCertificateOptions command is not permitted for certificate ${arn}: it is ${status}.`,
    );
  }
}
