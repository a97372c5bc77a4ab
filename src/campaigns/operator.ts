import type { Caller } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { FIRST_ACCOUNT } from "#identity/first-account.ts";
import { type CampaignRow, findCampaign } from "#store/campaigns.ts";
import type { Db } from "#store/store.ts";

/** Campaigns go through the certificates of all accounts: only the first one may order them. */
export function checkOperator({ account }: Pick<Caller, "account">): void {
  if (account === FIRST_ACCOUNT) return;
  throw new Refusal(
    "campaign-not-yours",
    `Campaigns are the affair of account ${FIRST_ACCOUNT}, and this is ${account}.`,
  );
}

/** Throws `campaign-not-yours` and `campaign-not-found`. */
export async function readCampaign(db: Db, id: string, caller: Pick<Caller, "account">): Promise<CampaignRow> {
  checkOperator(caller);
  return (await findCampaign(db, id)) ?? fail(id);
}

export function campaignNotFound(id: string): Refusal {
  return new Refusal("campaign-not-found", `There is no campaign ${id}.`);
}

function fail(id: string): never {
  throw campaignNotFound(id);
}
