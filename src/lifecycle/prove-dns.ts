import { type CnameDeps, lookUpCname } from "#validation/dns-cname.ts";
import type { Prover } from "./prover.ts";

/** DNS validation: the CNAME stands where it should. */
export const proveByDns: Prover<CnameDeps> = async ({ recordName, recordValue }, _, deps) => {
  if (recordName === null || recordValue === null) throw new Error("a proof by DNS has no record");
  const { found, reason, lookups } = await lookUpCname(recordName, recordValue, deps);
  return { proven: found, problem: reason, lookups };
};
