import type { ValidationMethod } from "#domain/certificate/certificate.ts";
import { mailDomain, validationEmails } from "#domain/certificate/validation-emails.ts";
import type { CheckDeps } from "#lifecycle/proof/check-domains.ts";
import { proveByDns } from "#lifecycle/proof/prove-dns.ts";
import { NO_POSTMAN } from "#lifecycle/proof/prove-email.ts";
import { proveByHttp } from "#lifecycle/proof/prove-http.ts";
import type { Prover } from "#lifecycle/proof/prover.ts";
import { type Check, type Found, failed, warning } from "#rehearsal/check.ts";
import type { Subject } from "#rehearsal/subject.ts";
import type { DomainValidation } from "#store/domain-validations.ts";
import type { Asked } from "#validation/asked.ts";
import { findMailExchange } from "#validation/mail-exchange.ts";

/** Whether each domain could be proved now, by the very record, letter or file that a renewal would look for. */
export const validation: Check<CheckDeps> = {
  name: "VALIDATION",
  async look(subject, deps) {
    const distinct = [...new Map(subject.proofs.map((proof) => [keyOf(proof), proof])).values()];
    const found: Found[] = [];
    for (let at = 0; at < distinct.length; at += AT_ONCE) {
      const some = distinct.slice(at, at + AT_ONCE);
      found.push(...(await Promise.all(some.map((proof) => METHODS[proof.method](proof, subject, deps)))));
    }
    return found.flat();
  },
};

/** `example.com` and `*.example.com` share a record; letters are sent once for each domain they go to. */
function keyOf({ method, recordName, validationDomain }: DomainValidation): string {
  return method === "EMAIL" ? validationDomain : (recordName ?? validationDomain);
}

type Rehearse = (proof: DomainValidation, subject: Subject, deps: CheckDeps) => Promise<Found>;

/** Looks as a renewal does, as thoroughly as one that has been waiting for long. */
const look =
  (prove: Prover<CheckDeps>, recordType: string): Rehearse =>
  async (proof, { state }, deps) => {
    const patient = { ...proof, checks: THOROUGH };
    const { proven, problem, lookups } = await prove(patient, { certificate: state, purpose: "RENEWAL" }, deps);
    const { domainName, recordName, recordValue } = proof;
    if (proven) return [{ outcome: "PASSED", message: `${domainName} can be proved: its record stands.`, domainName }];
    const record =
      recordName === null || recordValue === null
        ? undefined
        : { name: recordName, type: recordType, value: recordValue };
    return failed(problem ?? `${domainName} cannot be proved.`, { domainName, record, lookups: lookups as Asked[] });
  };

/** Nobody can approve ahead: what can be seen is whether the letters would be sent, and would arrive. */
const wouldWrite: Rehearse = async ({ domainName, validationDomain }, _, deps) => {
  if (!deps.postman) return failed(NO_POSTMAN, { domainName });
  const { takesMail, problem, lookups } = await findMailExchange(mailDomain(validationDomain), deps);
  if (takesMail !== "yes") return failed(problem ?? `${validationDomain} takes no mail.`, { domainName, lookups });
  const addresses = validationEmails(validationDomain).join(", ");
  return warning(`Somebody must approve by e-mail again: letters will go to ${addresses}.`, { domainName });
};

const METHODS: Readonly<Record<ValidationMethod, Rehearse>> = {
  DNS: look(proveByDns, "CNAME"),
  EMAIL: wouldWrite,
  HTTP: look(proveByHttp, "REDIRECT"),
};

const AT_ONCE = 10;
const THOROUGH = 100;
