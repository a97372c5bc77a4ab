import { type CertificateArn, parseArn } from "#domain/arn.ts";
import type { CertificateEventKind, EventCircumstances } from "#domain/events/certificate-events.ts";
import type { Owner } from "#domain/names.ts";
import { type Act, recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import { insertAcmeIssuance } from "#store/acme-issuances.ts";
import { type EventfulCertificate, holdForEvent } from "#store/certificate-events.ts";
import { beginTerm, endTerm } from "#store/certificate-terms.ts";
import type { Tx } from "#store/store.ts";
import { promiseNotices } from "./notices-job.ts";
import { tell } from "./tell.ts";

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
  | "CertificateDeleted"
  | "DomainApproved"
  | "DomainRefused";

interface ActDeps {
  readonly clock: Clock;
  readonly ids: Ids;
}

/**
 * Writes into the audit trail what happened to a certificate, in the transaction in which it happens and behind the
 * change itself; and for whom it concerns: as an EventBridge event, and for the metrics.
 */
export async function recordAct(
  tx: Tx,
  arn: CertificateArn,
  act: CertificateAct,
  deps: ActDeps,
  by: Pick<Act, "principal" | "accessKeyId" | "requestId"> = { principal: ACM, requestId: deps.ids.uuid() },
): Promise<void> {
  const { account, region } = parseArn(arn) ?? {};
  const { principal, accessKeyId = "", requestId } = by;
  const who = { account: account ?? "", region: region ?? "", principal, accessKeyId, requestId };
  await recordIn(tx, { ...who, eventSource: ACM, eventName: act, resource: arn }, deps.clock);
  const { event, term, order } = MEANING[act];
  if (term === "ends" && account && region) await endTerm(tx, { account, region }, arn, deps.clock.now().getTime());
  if (!event && !order && term !== "begins") return;
  const certificate = await holdForEvent(tx, arn);
  if (!certificate) return;
  if (term === "begins") await begin(tx, certificate, deps);
  if (order && certificate.acmeEndpointArn !== null) {
    await recordAcmeIssuance(tx, certificate, certificate.acmeEndpointArn, order === "succeeded", deps);
  }
  if (event) await tell(tx, certificate, event.kind, circumstances(act, event, certificate), deps);
}

/**
 * Keeps what came of an ACME client's order, for the metrics of its endpoint. For orders that failed before there was a
 * certificate; all others are kept by `recordAct`.
 */
export async function recordAcmeIssuance(
  tx: Tx,
  owner: Owner,
  endpointArn: string,
  succeeded: boolean,
  { clock }: Pick<ActDeps, "clock">,
): Promise<void> {
  await insertAcmeIssuance(tx, owner, endpointArn, { at: clock.now().getTime(), succeeded });
}

interface Meaning {
  readonly event?: { readonly kind: CertificateEventKind; readonly action?: EventCircumstances["action"] };
  /** Whether a version comes into force, or is in force no more. */
  readonly term?: "begins" | "ends";
  /** What it says of an ACME client's order. */
  readonly order?: "succeeded" | "failed";
}

/** What each act means to those who listen and to the metrics. */
const MEANING: Readonly<Record<CertificateAct, Meaning>> = {
  CertificateIssued: { event: { kind: "available", action: "ISSUANCE" }, term: "begins", order: "succeeded" },
  CertificateRenewed: { event: { kind: "available", action: "RENEWAL" }, term: "begins", order: "succeeded" },
  CertificateImported: { event: { kind: "available", action: "IMPORT" }, term: "begins" },
  CertificateReimported: { event: { kind: "available", action: "REIMPORT" }, term: "begins" },
  CertificateExpired: { event: { kind: "expired" }, term: "ends" },
  CertificateRevoked: { event: { kind: "revoked" }, term: "ends" },
  CertificateDeleted: { term: "ends" },
  CertificateExported: {},
  DomainApproved: {},
  DomainRefused: {},
  CertificateFailed: { event: { kind: "issuance-failed" }, order: "failed" },
  CertificateTimedOut: { event: { kind: "issuance-failed" } },
};

function circumstances(
  act: CertificateAct,
  { action }: NonNullable<Meaning["event"]>,
  { failureReason }: EventfulCertificate,
): EventCircumstances {
  if (act === "CertificateTimedOut") return { failure: "VALIDATION_TIMED_OUT" };
  if (act === "CertificateFailed") return { failure: failureReason ?? "OTHER" };
  return action ? { action } : {};
}

/** A version is in force from now on: its days are counted, and its end is looked at in time. */
async function begin(tx: Tx, certificate: EventfulCertificate, { clock }: ActDeps): Promise<void> {
  const { arn, account, region, notAfter, keyPairOrigin } = certificate;
  if (notAfter === null) throw new Error(`${arn} is in force and has no end`);
  const since = clock.now().getTime();
  const managed = keyPairOrigin === "AWS_MANAGED" ? 1 : 0;
  await beginTerm(tx, { certificateArn: arn, account, region, since, notAfter, managed });
  await promiseNotices(tx, { account, region }, new Date(notAfter));
}

const ACM = "acm.amazonaws.com";
