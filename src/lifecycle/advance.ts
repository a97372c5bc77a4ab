import type { CertificateArn } from "#domain/arn.ts";
import { nextStep } from "#domain/certificate/next-step.ts";
import { forgetCertificate } from "#lifecycle/acme/forget.ts";
import { type CheckDeps, checkDomains } from "#lifecycle/proof/check-domains.ts";
import { readFacts } from "#store/certificates.ts";
import { recordExpiry, recordFailure, recordTimeOut } from "./end.ts";
import { type IssueDeps, issueVersion } from "./issue.ts";
import { endMigration, finishMigration } from "./migrate.ts";
import { renewalUnproven, startRenewal } from "./renew.ts";

export interface AdvanceDeps extends CheckDeps, IssueDeps {}

/**
 * The job "certificate.advance": looks at a certificate as it is now, does the one next thing, and answers when to look
 * again; undefined when nothing will ever be due. Running it twice, late, or on two machines at once does no harm.
 */
export async function advanceCertificate(arn: CertificateArn, deps: AdvanceDeps): Promise<Date | undefined> {
  const now = deps.clock.now();
  const facts = await readFacts(deps.store, arn);
  if (!facts) return undefined; // deleted since the job was written
  const isFirst = facts.status === "PENDING_VALIDATION";
  const step = nextStep(facts, now, deps);
  switch (step.kind) {
    case "nothing":
      return undefined;
    case "wait":
      return step.until;
    case "check-domains":
      return await check(arn, isFirst ? "ISSUE" : "RENEWAL", step.positions, deps);
    case "check-migration":
      await checkDomains(arn, "MIGRATION", step.positions, deps);
      return now;
    case "finish-migration":
      await finishMigration(arn, deps);
      return now;
    case "migration-timed-out":
      await endMigration(arn, deps);
      return now;
    case "issue":
      return (await issueVersion(arn, "issued", deps)) ?? now;
    case "renew":
      return (await issueVersion(arn, "renewed", deps)) ?? now;
    case "start-renewal":
    case "restart-renewal":
      await startRenewal(arn, step.kind, deps);
      return now;
    case "validation-timed-out":
      await recordTimeOut(arn, deps);
      return now;
    case "forget":
      await forgetCertificate(arn, deps);
      return now;
    case "expired":
      await recordExpiry(arn, deps);
      return now;
  }
}

async function check(
  arn: CertificateArn,
  purpose: "ISSUE" | "RENEWAL",
  positions: readonly number[],
  deps: AdvanceDeps,
): Promise<Date> {
  const { allProven, failure } = await checkDomains(arn, purpose, positions, deps);
  if (purpose === "RENEWAL" && !allProven) await renewalUnproven(arn, failure?.reason, deps);
  if (purpose === "ISSUE" && failure) await recordFailure(arn, failure.reason, failure.problem, deps);
  return deps.clock.now();
}
