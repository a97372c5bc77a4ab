import { type CnameDeps, lookUpCname } from "#validation/dns-cname.ts";
import { lookUpPersist, type PersistDeps } from "#validation/dns-persist.ts";
import type { Prover } from "./prover.ts";
import { PERSISTENT_LABEL } from "./validation-record.ts";

export interface DnsProofDeps extends CnameDeps, PersistDeps {}

/** DNS validation: the CNAME stands where it should, or the TXT record by which a public CA knows us. */
export const proveByDns: Prover<DnsProofDeps> = async ({ recordName, recordValue, checks }, { certificate }, deps) => {
  if (recordName === null || recordValue === null) throw new Error("a proof by DNS has no record");
  if (recordName.startsWith(`${PERSISTENT_LABEL}.`)) {
    const { found, reason, lookups } = await lookUpPersist(recordName, recordValue, deps);
    return { proven: found, problem: reason, lookups };
  }
  const how = { account: certificate.account, thorough: checks >= PATIENT_CHECKS };
  const { found, reason, lookups } = await lookUpCname(recordName, recordValue, deps, how);
  return { proven: found, problem: reason, lookups };
};

/** Whoever is still missing a record after these looks is helped to find it; before, an answer at once helps more. */
const PATIENT_CHECKS = 3;
