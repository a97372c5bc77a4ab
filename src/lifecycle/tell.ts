import {
  type CertificateEventKind,
  certificateEvent,
  type EventCircumstances,
} from "#domain/events/certificate-events.ts";
import { publishIn } from "#journal/events.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { EventfulCertificate } from "#store/certificate-events.ts";
import type { Tx } from "#store/store.ts";

/** Publishes an event about a certificate that is held, if there is one of this kind for it. */
export async function tell(
  tx: Tx,
  certificate: EventfulCertificate,
  kind: CertificateEventKind,
  circumstances: EventCircumstances,
  deps: { readonly clock: Clock; readonly ids: Ids },
): Promise<void> {
  const content = certificateEvent(kind, certificate, deps.clock.now(), circumstances);
  const { account, region, arn } = certificate;
  if (content) await publishIn(tx, { ...content, account, region, resources: [arn] }, deps);
}
