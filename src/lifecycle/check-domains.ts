import type { CertificateArn } from "#domain/arn.ts";
import { recheckAfter } from "#domain/certificate/recheck.ts";
import type { Clock } from "#lib/clock.ts";
import { type DomainValidation, type Purpose, readValidations, recordLookup } from "#store/domain-validations.ts";
import type { Store } from "#store/store.ts";
import { type CnameDeps, type CnameFinding, lookUpCname } from "#validation/dns-cname.ts";

export interface CheckDeps extends CnameDeps {
  readonly store: Store;
  readonly clock: Clock;
}

/**
 * Looks the records of these domains up in the DNS, ten at most, and writes down what was found, be it proof or the reason
 * why not. Answers whether all that were looked up are proven now.
 */
export async function checkDomains(
  arn: CertificateArn,
  purpose: Purpose,
  positions: readonly number[],
  deps: CheckDeps,
): Promise<boolean> {
  const due = (await readValidations(deps.store, arn, purpose)).filter(
    ({ position, status }) => positions.includes(position) && status === "PENDING_VALIDATION",
  );
  // The rest is looked up next time, after others had their turn: slow name servers must not hold up everybody.
  const names = new Set([...new Set(due.map(({ recordName }) => recordName))].slice(0, AT_ONCE));
  const validations = due.filter(({ recordName }) => names.has(recordName));
  const findings = await findAll(validations, deps);
  const now = deps.clock.now().getTime();
  await deps.store.transaction().execute(async (tx) => {
    for (const { position, recordName, checks, checkAt } of validations) {
      const finding = findings.get(recordName);
      if (!finding) continue;
      const lookup = {
        position,
        proven: finding.found,
        problem: finding.reason,
        lookups: finding.lookups,
        checks: checks + 1,
        wasDueAt: checkAt,
        checkAgainAt: now + recheckAfter(checks + 1, purpose),
      };
      await recordLookup(tx, arn, purpose, lookup, now);
    }
  });
  return validations.every(({ recordName }) => findings.get(recordName)?.found);
}

/** `example.com` and `*.example.com` share a record: it is looked up once. */
async function findAll(
  validations: readonly DomainValidation[],
  deps: CheckDeps,
): Promise<ReadonlyMap<string, CnameFinding>> {
  const expected = [...new Map(validations.map(({ recordName, recordValue }) => [recordName, recordValue]))];
  return new Map(
    await Promise.all(expected.map(async ([name, value]) => [name, await lookUpCname(name, value, deps)] as const)),
  );
}

const AT_ONCE = 10;
