import { type CertificateArn, parseArn } from "#domain/arn.ts";
import { type Act, recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { Tx } from "#store/store.ts";

/** What happens to certificates, beside the API calls that ask for it. */
export type CertificateAct =
  | "CertificateIssued"
  | "CertificateRenewed"
  | "CertificateImported"
  | "CertificateReimported"
  | "CertificateExpired"
  | "CertificateExported"
  | "CertificateFailed"
  | "CertificateRevoked"
  | "CertificateTimedOut"
  | "CertificateDeleted";

/**
 * Writes into the audit trail what happened to a certificate, in the transaction in which it happens. Whoever is to
 * hear of it as an EventBridge event ("ACM Certificate Available", …) hears of it from here.
 */
export async function recordAct(
  tx: Tx,
  arn: CertificateArn,
  act: CertificateAct,
  { clock, ids }: { readonly clock: Clock; readonly ids: Ids },
  by: Pick<Act, "principal" | "accessKeyId" | "requestId"> = { principal: ACM, requestId: ids.uuid() },
): Promise<void> {
  const { account = "", region = "" } = parseArn(arn) ?? {};
  const { principal, accessKeyId = "", requestId } = by;
  const who = { principal, accessKeyId, requestId };
  await recordIn(tx, { account, region, ...who, eventSource: ACM, eventName: act, resource: arn }, clock);
}

const ACM = "acm.amazonaws.com";
