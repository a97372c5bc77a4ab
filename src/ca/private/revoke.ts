import { REVOCATION_REASONS, type RevocationReason } from "#ca/revocation.ts";
import type { Caller } from "#domain/names.ts";
import { issuedArn } from "#domain/private-ca/arns.ts";
import { checkState } from "#domain/private-ca/status.ts";
import { Refusal } from "#domain/refusal.ts";
import { recordIn } from "#journal/journal.ts";
import { SECOND } from "#lib/duration.ts";
import { serialHex } from "#lib/x509-certificate.ts";
import { findIssued, type IssuedRow, markRevoked } from "#store/private-ca-certificates.ts";
import { touchCrls } from "#store/private-ca-crls.ts";
import type { PrivateCaRow } from "#store/private-cas.ts";
import type { Tx } from "#store/store.ts";
import type { PrivateCaDeps } from "./deps.ts";
import { arnOf, holdAuthority } from "./find.ts";
import { lastDigit } from "./urls.ts";

type RevokeDeps = Pick<PrivateCaDeps, "store" | "clock">;

/**
 * Revokes a certificate for good: OCSP and the CRL that is asked for next say so. The serial number is hexadecimal, with or
 * without colons. Throws `private-ca-request-forbidden`, `private-ca-done-already`, `private-ca-in-progress`,
 * `private-ca-not-found` and the state.
 */
export async function revokeCertificate(
  request: { readonly authorityArn: string; readonly serial: string; readonly reason: RevocationReason },
  caller: Caller,
  deps: RevokeDeps,
): Promise<void> {
  const serial = readSerial(request.serial);
  await deps.store.transaction().execute(async (tx) => {
    const { ca, arn, status } = await holdAuthority(tx, request.authorityArn, caller, deps);
    checkState("revoke", arn, status);
    const row = await findIssued(tx, ca.id, serial);
    if (!row || row.state === "abandoned") {
      throw new Refusal(
        "private-ca-not-found",
        `${arn} issued no certificate with the serial number ${request.serial}.`,
      );
    }
    if (row.state !== "signed") {
      throw new Refusal(
        "private-ca-in-progress",
        `The certificate with the serial number ${serial} is still being issued.`,
      );
    }
    if (/RootCACertificate/.test(row.template)) {
      throw new Refusal(
        "private-ca-request-forbidden",
        "A self-signed CA certificate cannot be revoked. Delete the certificate authority instead.",
      );
    }
    if (!(await revokeIssued(tx, ca, row, request.reason, deps))) {
      throw new Refusal(
        "private-ca-done-already",
        `The certificate with the serial number ${serial} is revoked already.`,
      );
    }
  });
}

/** Marks what was signed as revoked, and makes the CRLs that cover it stale. False when it was before. */
export async function revokeIssued(
  tx: Tx,
  ca: PrivateCaRow,
  row: IssuedRow,
  reason: RevocationReason,
  { clock }: Pick<RevokeDeps, "clock">,
): Promise<boolean> {
  const revokedAt = Math.floor(clock.now().getTime() / SECOND) * SECOND;
  if (!(await markRevoked(tx, row, revokedAt, REVOCATION_REASONS[reason]))) return false;
  await touchCrls(tx, ca.id, ["", lastDigit(row.serial)]);
  const { account, region } = ca;
  const by = { account, region, principal: "ca.sealkeeper", eventSource: "ca.sealkeeper", requestId: row.serial };
  await recordIn(tx, { ...by, eventName: "RevokeSerial", resource: issuedArn(arnOf(ca), row.arnId) }, clock);
  return true;
}

function readSerial(text: string): string {
  const hex = text.replaceAll(":", "");
  if (!/^([0-9a-f]{2}(:?[0-9a-f]{2})*|[0-9a-f]+)$/i.test(text) || hex.length > 64) {
    throw new Refusal(
      "private-ca-request-forbidden",
      "The serial number must be hexadecimal, such as 67:07:44:76:83:a9.",
    );
  }
  return serialHex(Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex"));
}
