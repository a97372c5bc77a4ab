import type { CertificateArn } from "#domain/arn.ts";
import type { FailureReason, ValidationMethod } from "#domain/certificate/certificate.ts";
import type { NamePolicy } from "#domain/certificate/public-names.ts";
import { recheckAfter } from "#domain/certificate/recheck.ts";
import type { Clock } from "#lib/clock.ts";
import { type CertificateState, readCertificateState } from "#store/certificates.ts";
import { type DomainValidation, type Purpose, readValidations, recordLookup } from "#store/domain-validations.ts";
import type { Store } from "#store/store.ts";
import type { CnameDeps } from "#validation/dns-cname.ts";
import { refusedName } from "./check-names.ts";
import { proveByDns } from "./prove-dns.ts";
import { type EmailDeps, proveByEmail } from "./prove-email.ts";
import { type ProveHttpDeps, proveByHttp } from "./prove-http.ts";
import type { Finding, Prover } from "./prover.ts";

export interface CheckDeps extends CnameDeps, EmailDeps, ProveHttpDeps, NamePolicy {
  readonly store: Store;
  readonly clock: Clock;
}

/** What came of a look at some domains. */
export interface Checked {
  readonly allProven: boolean;
  /** Why one of them will never be proven; undefined while there is hope. */
  readonly failure: { readonly reason: FailureReason; readonly problem: string } | undefined;
}

/**
 * Looks whether these domains are proven, ten at most, and writes down what was found, be it proof or the reason why
 * not. Nothing is looked up for a certificate with a name that no proof would help.
 */
export async function checkDomains(
  arn: CertificateArn,
  purpose: Purpose,
  positions: readonly number[],
  deps: CheckDeps,
): Promise<Checked> {
  const certificate = await readCertificateState(deps.store, arn);
  if (!certificate) return { allProven: false, failure: undefined };
  const due = (await readValidations(deps.store, arn, purpose)).filter(
    ({ position, status }) => positions.includes(position) && status === "PENDING_VALIDATION",
  );
  // The rest is looked up next time, after others had their turn: slow name servers must not hold up everybody.
  const proofs = new Set([...new Set(due.map(proofOf))].slice(0, AT_ONCE));
  const validations = due.filter((validation) => proofs.has(proofOf(validation)));
  const findings = await findAll(validations, { certificate, purpose }, deps);
  const now = deps.clock.now().getTime();
  await deps.store.transaction().execute(async (tx) => {
    for (const validation of validations) {
      const finding = findings.get(proofOf(validation));
      if (!finding) continue;
      const { position, checks, checkAt } = validation;
      const lookup = {
        position,
        proven: finding.proven,
        problem: finding.problem,
        lookups: finding.lookups,
        checks: checks + 1,
        wasDueAt: checkAt,
        checkAgainAt: finding.again?.getTime() ?? now + recheckAfter(checks + 1, purpose),
      };
      await recordLookup(tx, arn, purpose, lookup, now);
    }
  });
  const hopeless = [...findings.values()].find(({ failure }) => failure !== undefined);
  return {
    allProven: validations.every((validation) => findings.get(proofOf(validation))?.proven),
    failure: hopeless?.failure && { reason: hopeless.failure, problem: hopeless.problem ?? hopeless.failure },
  };
}

/** How each method looks. */
const PROVERS: Readonly<Record<ValidationMethod, Prover<CheckDeps>>> = {
  DNS: proveByDns,
  EMAIL: proveByEmail,
  HTTP: proveByHttp,
};

/** `example.com` and `*.example.com` share a record: it is looked up once. */
function proofOf({ position, recordName }: DomainValidation): string {
  return recordName ?? String(position);
}

async function findAll(
  validations: readonly DomainValidation[],
  context: { readonly certificate: CertificateState; readonly purpose: Purpose },
  deps: CheckDeps,
): Promise<ReadonlyMap<string, Finding>> {
  const distinct = [...new Map(validations.map((validation) => [proofOf(validation), validation])).values()];
  const refused = refusedName(context.certificate, deps);
  if (refused) {
    const finding = { proven: false, problem: refused.message, lookups: [], failure: refused.reason };
    return new Map(distinct.map((validation) => [proofOf(validation), finding]));
  }
  return new Map(
    await Promise.all(
      distinct.map(async (validation) => {
        return [proofOf(validation), await PROVERS[validation.method](validation, context, deps)] as const;
      }),
    ),
  );
}

const AT_ONCE = 10;
