import type { CertificateFacts } from "#domain/certificate/next-step.ts";

/** What an owner does next with a certificate. */
export type Plan = "request" | "write-records" | "attach" | "live" | "restore-record" | "leave" | "delete";

/** A place in the fleet: the certificate that stands there now, and its owner. Emptied, it takes another one. */
export interface Slot {
  readonly number: number;
  /** How many certificates stood here: with the number it names the present one. */
  serial: number;
  /** What the rules decide from, as the product reads it from its database; undefined while the slot is empty. */
  facts: CertificateFacts | undefined;
  /** Which version is in force; 0 before the first. */
  generation: number;
  /** Who runs the name servers of its domains. */
  readonly provider: number;
  /** Its zones are served by the product itself: a record that is written there is noticed at once. */
  readonly ownZones: boolean;
  /** One bit for each domain whose record does not stand. */
  missing: number;
  /** How often each domain was looked up in vain, in this attempt. */
  checks: number[];
  /** Tries of its job that failed in a row. */
  failures: number;
  /** The order at the CA that is not fetched yet. */
  order: Order | undefined;
  plan: Plan;
  /** Since when all records stand; Infinity while one is missing. */
  provableSince: number;
  /** Since when it is in use. */
  usedSince: number;
  /** The CA revokes this generation at its next deadline; -1 for none. */
  condemned: number;
}

/** A certificate that a CA was asked for. */
export interface Order {
  readonly generation: number;
  readonly readyAt: number;
}

export function emptySlot(number: number, { providers, ownZones }: { providers: number; ownZones: boolean }): Slot {
  return {
    number,
    serial: 0,
    facts: undefined,
    generation: 0,
    provider: number % providers,
    ownZones,
    missing: 0,
    checks: [],
    failures: 0,
    order: undefined,
    plan: "request",
    provableSince: Number.POSITIVE_INFINITY,
    usedSince: Number.POSITIVE_INFINITY,
    condemned: -1,
  };
}

/** The ARN of the certificate in a slot. */
export function arnOf({ number, serial }: Slot): string {
  const id = [number, serial].map((part) => part.toString(16).padStart(12, "0"));
  return `arn:aws:acm:eu-west-1:123456789012:certificate/${id.join("-")}`;
}
