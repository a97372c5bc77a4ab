import { accountUrl, type UrlDeps } from "#acme/urls.ts";
import { recordIn } from "#journal/journal.ts";
import type { Clock } from "#lib/clock.ts";
import type { Ids } from "#lib/ids.ts";
import type { AcmeAccount } from "#store/acme-accounts.ts";
import type { AcmeEndpoint } from "#store/acme-endpoints.ts";
import type { Tx } from "#store/store.ts";

/** What ACME clients do that is remembered; orders are by their certificates. */
export type AcmeAct = "NewAccount" | "UpdateAccount" | "DeactivateAccount" | "KeyChange" | "RevokeCertificate";

/** Writes into the audit trail what an ACME client did, in the transaction in which it happens. */
export async function recordAcmeAct(
  tx: Tx,
  { account, region }: AcmeEndpoint,
  who: Pick<AcmeAccount, "id" | "endpointArn">,
  eventName: AcmeAct,
  resource: string,
  deps: UrlDeps & { readonly clock: Clock; readonly ids: Ids },
): Promise<void> {
  const principal = accountUrl(who.endpointArn, who.id, deps);
  const act = { account, region, principal, eventSource: "acme.sealkeeper", eventName, resource };
  await recordIn(tx, { ...act, requestId: deps.ids.uuid() }, deps.clock);
}
