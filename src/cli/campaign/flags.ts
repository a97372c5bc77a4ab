import type { OwnFlags } from "#cli/settings.ts";
import type { CrlReason } from "#domain/certificate/revocation.ts";
import { parseDuration, SECOND } from "#lib/duration.ts";
import { ConfigError } from "#main/config-error.ts";
import type { CampaignManner, CampaignSelection } from "#services/sealkeeper/campaign-api.ts";

type Given = Readonly<Record<string, string | undefined>>;

const TEXT = { type: "string" } as const;
const SWITCH = { type: "boolean" } as const;

export const SELECTION_FLAGS: OwnFlags = {
  issuer: TEXT,
  key: TEXT,
  "key-algorithm": TEXT,
  "signature-algorithm": TEXT,
  "issued-from": TEXT,
  "issued-before": TEXT,
  "expires-from": TEXT,
  "expires-before": TEXT,
  status: TEXT,
  "in-account": TEXT,
  "in-region": TEXT,
  reason: TEXT,
};

export const MANNER_FLAGS: OwnFlags = {
  deadline: TEXT,
  "revoke-at-deadline": SWITCH,
  rate: TEXT,
  concurrency: TEXT,
  "same-issuer": SWITCH,
};

export const COMMON_FLAGS: OwnFlags = { region: TEXT };

/** Reads which certificates are meant. Throws ConfigError. */
export function readSelectionFlags(own: Given): CampaignSelection {
  return defined({
    Issuer: own["issuer"],
    KeyFingerprint: own["key"],
    KeyAlgorithms: list(own["key-algorithm"]),
    SignatureAlgorithms: list(own["signature-algorithm"]),
    IssuedFrom: date(own, "issued-from"),
    IssuedBefore: date(own, "issued-before"),
    ExpiresFrom: date(own, "expires-from"),
    ExpiresBefore: date(own, "expires-before"),
    Statuses: list(own["status"]),
    Accounts: list(own["in-account"]),
    Regions: list(own["in-region"]),
  });
}

/** Reads how it is to be carried out. Throws ConfigError. */
export function readMannerFlags(own: Given): CampaignManner {
  const deadline = own["deadline"] === undefined ? undefined : parseDuration(own["deadline"]);
  if (own["deadline"] !== undefined && deadline === undefined) {
    throw new ConfigError("--deadline is a duration such as 24h or 5d");
  }
  return defined({
    DeadlineSeconds: deadline === undefined ? undefined : Math.floor(deadline / SECOND),
    RevokeAtDeadline: own["revoke-at-deadline"] === undefined ? undefined : own["revoke-at-deadline"] === "true",
    Rate: number(own, "rate"),
    Concurrency: number(own, "concurrency"),
    SameIssuer: own["same-issuer"] === undefined ? undefined : own["same-issuer"] === "true",
  });
}

export function readReason(own: Given): CrlReason {
  if (own["reason"] !== undefined) return own["reason"] as CrlReason; // the API knows them
  throw new ConfigError("say why: --reason keyCompromise, superseded, cessationOfOperation …");
}

function list(text: string | undefined): readonly string[] | undefined {
  return text?.split(",").map((one) => one.trim());
}

function number(own: Given, name: string): number | undefined {
  const text = own[name];
  if (text === undefined) return undefined;
  if (/^\d{1,6}(\.\d{1,6})?$/.test(text)) return Number(text);
  throw new ConfigError(`--${name} is a number`);
}

/** As JSON 1.1 has times: seconds since 1970. */
function date(own: Given, name: string): Date | undefined {
  const text = own[name];
  if (text === undefined) return undefined;
  const time = /^\d{4}-\d{2}-\d{2}/.test(text) ? new Date(text) : undefined;
  if (time && !Number.isNaN(time.getTime())) return time;
  throw new ConfigError(`--${name} is a date such as 2026-11-22 or 2026-11-22T12:00:00Z`);
}

function defined<Value extends object>(value: Value): Value {
  return Object.fromEntries(Object.entries(value).filter(([, one]) => one !== undefined)) as Value;
}
