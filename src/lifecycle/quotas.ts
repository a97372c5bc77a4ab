import type { Owner } from "#domain/names.ts";
import { Refusal } from "#domain/refusal.ts";
import { DAY } from "#lib/duration.ts";
import { countKind, countUse, type QuotaKind, usesAfter } from "#store/quotas.ts";
import type { Tx } from "#store/store.ts";

/**
 * How many certificates an account may have in a region, and get in a year, and how many names each; what is undefined
 * is not limited. https://docs.aws.amazon.com/acm/latest/userguide/acm-limits.html
 */
export interface Quotas {
  readonly certificates?: number | undefined;
  readonly certificatesPerYear?: number | undefined;
  readonly imported?: number | undefined;
  readonly importedPerYear?: number | undefined;
  readonly names?: number | undefined;
}

/** Throws `quota-exceeded` for more names than a certificate may have. */
export function checkNames(names: readonly unknown[], { names: most }: Quotas): void {
  if (most !== undefined && names.length > most) {
    throw exceeded(`A certificate can have at most ${most} domain names here; ${names.length} were given.`);
  }
}

/**
 * Counts a certificate that was just written in this transaction. Throws `quota-exceeded` with count, limit and what
 * helps: then the transaction must not commit. What a year's quota counts stays when certificates are deleted; it is
 * counted from when a quota of its kind is first set.
 */
export async function countCertificate(
  tx: Tx,
  owner: Owner,
  kind: QuotaKind,
  quotas: Quotas,
  now: Date,
): Promise<void> {
  const [most, mostInYear] =
    kind === "requested"
      ? [quotas.certificates, quotas.certificatesPerYear]
      : [quotas.imported, quotas.importedPerYear];
  if (most === undefined && mostInYear === undefined) return;
  const today = Math.floor(now.getTime() / DAY);
  await countUse(tx, owner, kind, today);
  if (mostInYear !== undefined) await checkYear(tx, owner, kind, mostInYear, today);
  if (most !== undefined) await checkTotal(tx, owner, kind, most);
}

async function checkYear(tx: Tx, owner: Owner, kind: QuotaKind, most: number, today: number): Promise<void> {
  const days = await usesAfter(tx, owner, kind, today - YEAR);
  let uses = days.reduce((sum, day) => sum + day.uses, 0);
  if (uses <= most) return;
  const before = uses - 1; // this one is not granted
  const relief = days.find((day) => (uses -= day.uses) <= most)?.day ?? today;
  const when = new Date((relief + YEAR) * DAY).toISOString().slice(0, 10);
  throw exceeded(
    `Error: you have reached your limit of ${most} certificates in the last year. ${before} were ${kind} in ${owner.region}; deleting them does not help, the next can be ${kind} on ${when}.`,
  );
}

async function checkTotal(tx: Tx, owner: Owner, kind: QuotaKind, most: number): Promise<void> {
  if ((await countKind(tx, owner, kind, most + 1)) <= most) return;
  throw exceeded(
    `You have reached the maximum number of certificates: ${most} ${kind} ones in ${owner.region}. Delete certificates that are not in use; expired and revoked ones count, too.`,
  );
}

function exceeded(message: string): Refusal {
  return new Refusal("quota-exceeded", message);
}

/** Days. */
const YEAR = 365;
