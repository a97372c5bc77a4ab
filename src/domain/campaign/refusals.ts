/** Why nothing is done to a campaign. */
export type CampaignRefusal =
  | "campaign-not-found"
  | "campaign-not-yours"
  | "campaign-state-forbids"
  | "campaign-input-invalid"
  | "campaign-empty"
  | "campaign-issuer-still-signs";
