import { type CnameDeps, lookUpCname } from "#validation/dns-cname.ts";
import type { Prover } from "./prover.ts";

/** DNS validation: the CNAME stands where it should. */
export const proveByDns: Prover<CnameDeps> = async ({ recordName, recordValue, checks }, { certificate }, deps) => {
  if (recordName === null || recordValue === null) throw new Error("a proof by DNS has no record");
  const how = { account: certificate.account, thorough: checks >= PATIENT_CHECKS };
  const { found, reason, lookups } = await lookUpCname(recordName, recordValue, deps, how);
  return { proven: found, problem: reason, lookups };
};

/** Whoever is still missing a record after these looks is helped to find it; before, an answer at once helps more. */
const PATIENT_CHECKS = 3;
