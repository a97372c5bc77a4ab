import type { RenewalPolicy } from "#domain/certificate/renewal.ts";
import { LEAF_VALIDITY } from "#domain/certificate/validity.ts";
import { DAY, HOUR, MINUTE, type Millis, SECOND } from "#lib/duration.ts";
import type { Slot } from "./slot.ts";

/** What can be out of order: the resolvers that we ask, who serves some of the domains, the CA, or we ourselves. */
export type SystemKind = "resolvers" | "provider" | "ca" | "control-plane";

/** How often something is out of order, and for how long. */
export interface Trouble {
  readonly kind: SystemKind;
  readonly count: number;
  readonly meanTimeBetween: Millis;
  readonly meanLength: Millis;
  readonly longest: Millis;
}

/** How the simulated world behaves. Times are means unless said otherwise. */
export interface Scenario {
  readonly begin: Date;
  /** The ARN of a slot's present certificate; one after the other when undefined. */
  readonly arnOf?: (slot: Slot) => string;
  /** As the settings of the product: `leaf-lifetime`, `renew-before`. */
  readonly leafLifetime: Millis;
  readonly policy: RenewalPolicy;
  /** This share of the fleet is requested within the first `firstRush`, the rest within `rampUp`, evenly. */
  readonly rush: number;
  readonly firstRush: Millis;
  readonly rampUp: Millis;
  /** Certificates have one to this many domains. */
  readonly mostDomains: number;
  /** The share whose zones the product serves itself. */
  readonly ownZones: number;
  readonly orderTakes: Millis;
  /** The share of looks after which the process dies before it has noted down when to look again. */
  readonly deaths: number;
  /** The share of looks that two nodes do at once. */
  readonly doubles: number;
  readonly owners: Owners;
  readonly troubles: readonly Trouble[];
  readonly authority: AuthorityScenario;
  /** Something that makes many replace their certificate at once; undefined: nothing ever does. */
  readonly massRevocation: MassRevocation | undefined;
}

export interface Owners {
  readonly writesRecords: Millis;
  /** The share that never writes them. */
  readonly forgets: number;
  readonly attaches: Millis;
  /** The share that never attaches. */
  readonly neverAttaches: number;
  /** Between two events in the life of a certificate in use. */
  readonly mishap: Millis;
  /** What such an event is: a record withdrawn, else a detachment; after that the certificate is used again, else deleted. */
  readonly withdraws: number;
  readonly returns: number;
  readonly recordIsOut: Millis;
  readonly notices: Millis;
}

export interface AuthorityScenario {
  readonly rootLife: Millis;
  readonly intermediateLife: Millis;
  /** A successor is made this long before the end… */
  readonly overlap: Millis;
  /** …or in this share of cases late: somewhere between `latest` and `overlap`. */
  readonly late: number;
  readonly latest: Millis;
}

export interface MassRevocation {
  readonly every: Millis;
  /** The share of the fleet, drawn between these. */
  readonly share: readonly [number, number];
  /** The CA tells of it by ARI and revokes after this long (BR 4.9.1.1: within 5 days). Or the operator does, at once. */
  readonly notice: Millis;
  readonly byOperator: number;
}

/** Ten bad years: everything goes wrong that does go wrong, and more often. */
export const HARSH: Scenario = {
  begin: new Date("2026-04-01T00:00:00Z"),
  leafLifetime: LEAF_VALIDITY,
  policy: {},
  rush: 1 / 4,
  firstRush: 4 * HOUR,
  rampUp: 180 * DAY,
  mostDomains: 4,
  ownZones: 0.5,
  orderTakes: 20 * SECOND,
  deaths: 1 / 500,
  doubles: 1 / 50,
  owners: {
    writesRecords: 4 * HOUR,
    forgets: 0.02,
    attaches: 12 * HOUR,
    neverAttaches: 0.05,
    mishap: 700 * DAY,
    withdraws: 0.3,
    returns: 0.5,
    recordIsOut: 6 * DAY,
    notices: 6 * HOUR,
  },
  troubles: [
    { kind: "resolvers", count: 1, meanTimeBetween: 90 * DAY, meanLength: 2 * HOUR, longest: 2 * DAY },
    { kind: "provider", count: 8, meanTimeBetween: 120 * DAY, meanLength: 6 * HOUR, longest: 4 * DAY },
    { kind: "ca", count: 1, meanTimeBetween: 60 * DAY, meanLength: 8 * HOUR, longest: 10 * DAY },
    { kind: "control-plane", count: 1, meanTimeBetween: 60 * DAY, meanLength: 4 * HOUR, longest: 7 * DAY },
  ],
  authority: {
    rootLife: 7 * 365 * DAY,
    intermediateLife: 3 * 365 * DAY,
    overlap: 210 * DAY,
    late: 0.25,
    latest: 20 * DAY,
  },
  massRevocation: { every: 900 * DAY, share: [0.05, 0.3], notice: 5 * DAY, byOperator: 0.3 },
};

/** Nothing ever goes wrong, and everything takes no time. */
export const CALM: Scenario = {
  ...HARSH,
  rush: 1,
  firstRush: 0,
  mostDomains: 1,
  ownZones: 1,
  orderTakes: 0,
  deaths: 0,
  doubles: 0,
  owners: {
    ...HARSH.owners,
    writesRecords: 0,
    forgets: 0,
    attaches: 0,
    neverAttaches: 0,
    mishap: Number.POSITIVE_INFINITY,
  },
  troubles: [],
  authority: { rootLife: 9_131 * DAY, intermediateLife: 4_383 * DAY, overlap: 210 * DAY, late: 0, latest: 0 },
  massRevocation: undefined,
};

/** How long a renewal may take at most when everything it needs works: the longest pauses of its look-ups and tries. */
export const PROMPTLY: Millis = HOUR + 15 * MINUTE;
