import type { KeyPairOrigin } from "#domain/certificate/certificate.ts";
import type { CertificateStatus } from "#domain/certificate/status.ts";
import { DAY, type Millis } from "#lib/duration.ts";

/**
 * How far a campaign is with one certificate. `PENDING` → `STARTED` (somebody is at it) → `REPLACING` (the new version is
 * being issued) → `SETTLING` (it is in force, and not everybody has it yet) → `DONE`. `SKIPPED`: nothing can be done
 * here; `LEFT`: the campaign was aborted before it was done.
 */
export type ItemState = "PENDING" | "STARTED" | "REPLACING" | "SETTLING" | "DONE" | "SKIPPED" | "LEFT";

export const ITEM_STATES: readonly ItemState[] = [
  "PENDING",
  "STARTED",
  "REPLACING",
  "SETTLING",
  "DONE",
  "SKIPPED",
  "LEFT",
];

/** Whether a campaign still has something to do there. */
export const IS_OPEN: Readonly<Record<ItemState, boolean>> = {
  PENDING: true,
  STARTED: true,
  REPLACING: true,
  SETTLING: true,
  DONE: false,
  SKIPPED: false,
  LEFT: false,
};

/** What will happen to a certificate, as the plan says it. */
export type Fate =
  | "REPLACE_THEN_SEE"
  | "REPLACE_THEN_EXPORT"
  | "REPLACE"
  | "CLIENT_RENEWS"
  | "OWNER_IMPORTS"
  | "NOTHING";

/** The same in words. */
export const FATES: Readonly<Record<Fate, string>> = {
  REPLACE_THEN_SEE: "replaced; the old version is revoked once every edge was seen serving the new one",
  REPLACE_THEN_EXPORT: "replaced; the old version is revoked once the new one was exported",
  REPLACE: "replaced, and the old version is revoked",
  CLIENT_RENEWS: "its ACME client is told to renew; the old version is revoked once it has, or at the deadline",
  OWNER_IMPORTS: "cannot be replaced or revoked here: its owner imports another, and its CA revokes it",
  NOTHING: "is not ISSUED: there is nothing to replace",
};

/** Where a certificate is exposed. */
export interface Exposure {
  readonly status: CertificateStatus;
  readonly keyPairOrigin: KeyPairOrigin;
  /** How many resources use it, and at how many listeners of edges it is served. */
  readonly users: number;
  readonly places: number;
  /** Whether the private key of the version in force was handed out. */
  readonly exported: boolean;
  readonly notAfter: number | null;
}

export function fateOf({ status, keyPairOrigin, users, exported }: Exposure): Fate {
  if (status !== "ISSUED") return "NOTHING";
  if (keyPairOrigin === "CUSTOMER_PROVIDED") return "OWNER_IMPORTS";
  if (keyPairOrigin === "ACME") return "CLIENT_RENEWS";
  if (exported) return "REPLACE_THEN_EXPORT";
  return users > 0 ? "REPLACE_THEN_SEE" : "REPLACE";
}

/** The classes of exposure, the worst first: see `rankOf`. */
export const EXPOSURES = ["EXPORTED_AND_SERVED", "SERVED", "EXPORTED", "ATTACHED", "UNUSED"] as const;
export type ExposureClass = (typeof EXPOSURES)[number];

/** An ACME client has the key of its certificate, as whoever exported one has. */
export function exposureClass({ keyPairOrigin, users, places, exported }: Exposure): ExposureClass {
  const isOut = exported || keyPairOrigin === "ACME";
  if (places > 0) return isOut ? "EXPORTED_AND_SERVED" : "SERVED";
  if (isOut) return "EXPORTED";
  return users > 0 ? "ATTACHED" : "UNUSED";
}

/**
 * The place of a certificate in a campaign: the lowest first. First what is served by edges and whose key is elsewhere,
 * too; then what is served; what is elsewhere only; what is attached where no edge serves it; what nobody uses. Among
 * equals whatever is served at more places, and then what would be valid for longer.
 */
export function rankOf(exposure: Exposure, now: Date): number {
  const { places, notAfter } = exposure;
  const worst = EXPOSURES.indexOf(exposureClass(exposure));
  const days = Math.floor(Math.max(0, (notAfter ?? 0) - now.getTime()) / DAY);
  return (
    worst * CLASS + (MOST_PLACES - Math.min(places, MOST_PLACES)) * PLACE + (MOST_DAYS - Math.min(days, MOST_DAYS))
  );
}

const MOST_DAYS = 99_999;
const MOST_PLACES = 9_999;
const PLACE = MOST_DAYS + 1;
const CLASS = (MOST_PLACES + 1) * PLACE;

/** After how long a certificate that waits is looked at again, after so many looks. */
export function pauseAfter(looks: number, state: "REPLACING" | "SETTLING"): Millis {
  const { first, most } = PAUSES[state];
  return Math.min(most, first * 2 ** Math.min(looks, 30));
}

const PAUSES = {
  REPLACING: { first: 1_000, most: 300_000 },
  SETTLING: { first: 500, most: 60_000 },
} as const;
