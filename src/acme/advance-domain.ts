import type { ZoneDeps } from "#dns/zone-deps.ts";
import { type AcmeDomainValidationArn, parseAcmeArn } from "#domain/acme/arns.ts";
import {
  type AcmeDomainFacts,
  type AcmeDomainFailure,
  nextDomainStep,
  recheckValidAfter,
} from "#domain/acme/domain-validation.ts";
import { nameProblem } from "#domain/certificate/public-names.ts";
import { recheckAfter } from "#domain/certificate/recheck.ts";
import { type AccountId, type DomainName, parseDomainName } from "#domain/names.ts";
import { type CaaDeps, checkCaa, ownCaaIssuer } from "#lifecycle/proof/check-caa.ts";
import {
  type AcmeDomainValidation,
  findAcmeDomain,
  moveAcmeDomain,
  recordAcmeLookup,
} from "#store/acme-domain-validations.ts";
import { findAcmeEndpoint } from "#store/acme-endpoints.ts";
import { type CnameDeps, lookUpCname } from "#validation/dns-cname.ts";
import { removeDomain, writeZoneRecord } from "./zone-record.ts";

export interface AdvanceDomainDeps extends ZoneDeps, Omit<CnameDeps, "store">, Omit<CaaDeps, "store"> {}

/**
 * The job: looks at a domain validation as it is now, does the one next thing, and answers when to look again. Running
 * it twice, late, or on two machines at once does no harm.
 */
export async function advanceDomain(subject: string, deps: AdvanceDomainDeps): Promise<Date | undefined> {
  const arn = subject as AcmeDomainValidationArn;
  const { store, clock } = deps;
  const domain = await findAcmeDomain(store, arn);
  const { account } = parseAcmeArn(arn) ?? {};
  if (!domain || !account) return undefined;
  const now = clock.now();
  const step = nextDomainStep(factsOf(domain), now);
  switch (step.kind) {
    case "nothing":
      return undefined;
    case "wait":
      return step.until;
    case "look":
      await look(domain, account, deps);
      return clock.now();
    case "time-out":
      await refuse(domain, { reason: "TIMED_OUT", message: timedOut(domain) }, deps);
      return undefined;
    case "lapse": {
      const anew = { status: "VALIDATING", startedAt: now.getTime(), checkAt: now.getTime(), checks: 0 } as const;
      await store.transaction().execute((tx) => moveAcmeDomain(tx, arn, "VALID", anew, now.getTime()));
      return now;
    }
    case "remove":
      await removeDomain(domain, account, deps);
      return undefined;
  }
}

/** Looks for the record, and writes down what was found. */
async function look(domain: AcmeDomainValidation, account: AccountId, deps: AdvanceDomainDeps): Promise<void> {
  const { arn, status, checks } = domain;
  const hopeless = status === "VALIDATING" ? await failureBefore(domain, account, deps) : undefined;
  if (hopeless) return await refuse(domain, hopeless, deps);
  const { found, reason, lookups, forbidden } = await findProof(domain, account, deps);
  if (forbidden && status === "VALIDATING") {
    return await refuse(domain, { reason: "DOMAIN_NOT_ALLOWED", message: reason ?? "CAA forbids it." }, deps);
  }
  const now = deps.clock.now();
  const pause = status === "VALID" || found ? recheckValidAfter(found, now) : recheckAfter(checks + 1, "ISSUE");
  await deps.store.transaction().execute(async (tx) => {
    const lookup = {
      problem: reason,
      lookups,
      checks: checks + 1,
      wasDueAt: domain.checkAt,
      checkAgainAt: now.getTime() + pause,
      provenAt: found ? now.getTime() : undefined,
    };
    await recordAcmeLookup(tx, arn, status, lookup, now.getTime());
    if (found && status === "VALIDATING") await moveAcmeDomain(tx, arn, status, { status: "VALID" }, now.getTime());
  });
}

/** The record must stand, and CAA must not forbid certificates for the domain (it is asked again before each issue). */
async function findProof(
  { domainName, recordName, recordValue, scope }: AcmeDomainValidation,
  account: AccountId,
  deps: AdvanceDomainDeps,
): Promise<{ found: boolean; reason?: string | undefined; lookups: readonly unknown[]; forbidden: boolean }> {
  const cname = await lookUpCname(recordName, recordValue, deps, { account });
  const name = parseDomainName(domainName);
  if (!cname.found || !name) return { ...cname, forbidden: false };
  const names = scope.exactDomain || scope.subdomains ? [name] : [`*.${name}` as DomainName];
  const caa = await checkCaa(names, ownCaaIssuer({ account, validationMethod: "DNS" }, deps), deps);
  return {
    found: caa.kind === "permitted",
    reason: caa.problem,
    lookups: [...cname.lookups, ...caa.lookups],
    forbidden: caa.kind === "forbidden",
  };
}

/** What ends a validation before anything is looked up. */
async function failureBefore(
  domain: AcmeDomainValidation,
  account: AccountId,
  deps: AdvanceDomainDeps,
): Promise<Failure | undefined> {
  const endpoint = await findAcmeEndpoint(deps.store, domain.endpointArn);
  if (endpoint?.status !== "ACTIVE") {
    return { reason: "ENDPOINT_NOT_ACTIVE", message: `The ACME endpoint is ${endpoint?.status ?? "gone"}.` };
  }
  const name = parseDomainName(domain.domainName);
  const problem = name
    ? nameProblem(name, deps)
    : {
        reason: "INVALID_PUBLIC_DOMAIN" as const,
        message: `${domain.domainName} is not a fully qualified domain name.`,
      };
  if (problem) {
    // The enum of domain validations has no ADDITIONAL_VERIFICATION_REQUIRED.
    const reason = problem.reason === "INVALID_PUBLIC_DOMAIN" ? problem.reason : "DOMAIN_NOT_ALLOWED";
    return { reason, message: problem.message };
  }
  return await writeZoneRecord(domain, account, deps);
}

interface Failure {
  readonly reason: AcmeDomainFailure;
  readonly message: string;
}

async function refuse(
  { arn, status }: AcmeDomainValidation,
  { reason, message }: Failure,
  { store, clock }: AdvanceDomainDeps,
): Promise<void> {
  const failed = { status: "INVALID", failureReason: reason, failureMessage: message } as const;
  await store.transaction().execute((tx) => moveAcmeDomain(tx, arn, status, failed, clock.now().getTime()));
}

function timedOut({ domainName, recordName, recordValue, problem }: AcmeDomainValidation): string {
  const why = problem === null ? "" : ` ${problem}`;
  return `Control of ${domainName} was not proven within 72 hours by the CNAME ${recordName} with the value ${recordValue}.${why}`;
}

function factsOf({ status, startedAt, checkAt, provenAt }: AcmeDomainValidation): AcmeDomainFacts {
  return {
    status,
    startedAt: new Date(startedAt),
    checkAt: new Date(checkAt),
    provenAt: provenAt === null ? undefined : new Date(provenAt),
  };
}
