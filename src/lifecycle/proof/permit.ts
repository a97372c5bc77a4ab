import type { DomainName } from "#domain/names.ts";
import type { Clock } from "#lib/clock.ts";
import { HOUR, later, type Millis, SECOND } from "#lib/duration.ts";
import { CannotIssue, type CertificateAuthority, type ToSign } from "#lifecycle/authority.ts";
import { recordTrouble } from "#store/certificates.ts";
import { recordCaaLookups } from "#store/domain-validations.ts";
import type { Db, Store, Tx } from "#store/store.ts";
import type { Asked } from "#validation/asked.ts";
import { type CaaDeps, checkCaa } from "./check-caa.ts";

export interface PermitDeps extends CaaDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/** That CAA records do not stand against a version, and what was asked to know it. */
export interface Permit {
  readonly lookups: readonly Asked[];
}

/**
 * Asks the CAA records of a version's names, after its domains are proven and right before it is signed, at a renewal as
 * at the first issue. A time when they could not be found out: then all is done again. Throws CannotIssue where they
 * forbid it, or could not be found out for as long as proof of the domains is waited for.
 */
export async function askPermit<Deps>(
  version: ToSign,
  ca: CertificateAuthority<Deps>,
  deps: Deps & PermitDeps,
): Promise<Permit | Date> {
  const { certificate } = version;
  const issuer = ca.caaIssuer?.(certificate, deps);
  if (!issuer) return { lookups: [] };
  const { kind, problem = "", lookups } = await checkCaa(certificate.names, issuer, deps);
  if (kind === "permitted") return { lookups };
  await keepPermit(deps.store, version, { lookups });
  const now = deps.clock.now();
  const waited = now.getTime() - certificate.createdAt;
  const isFirst = certificate.status === "PENDING_VALIDATION";
  if (kind === "forbidden" || (isFirst && waited >= LONGEST_WAIT)) throw new CannotIssue("CAA_ERROR", problem);
  await recordTrouble(deps.store, certificate.arn, certificate.generation, problem, "CAA_ERROR");
  return later(now, isFirst ? Math.min(Math.max(waited / 4, SHORTEST_PAUSE), LONGEST_PAUSE) : LONGEST_PAUSE);
}

/** Writes down what was asked, each line with the names that it was asked for. */
export async function keepPermit(db: Db | Tx, { certificate }: ToSign, { lookups }: Permit): Promise<void> {
  const purpose = certificate.status === "PENDING_VALIDATION" ? "ISSUE" : "RENEWAL";
  for (const name of lookups.length === 0 ? [] : certificate.names) {
    await recordCaaLookups(db, certificate.arn, purpose, name, linesOf(name, lookups));
  }
}

function linesOf(name: DomainName, lookups: readonly Asked[]): readonly Asked[] {
  return lookups.filter((line) => `.${name}`.endsWith(`.${line.name}`));
}

const SHORTEST_PAUSE: Millis = 5 * SECOND;
const LONGEST_PAUSE: Millis = HOUR;
/** As long as domains may wait for their proof: https://docs.aws.amazon.com/acm/latest/userguide/domain-ownership-validation.html */
const LONGEST_WAIT: Millis = 72 * HOUR;
