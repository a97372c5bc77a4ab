import type { NamePolicy } from "#domain/certificate/public-names.ts";
import { refusedName } from "#lifecycle/proof/check-names.ts";
import { type Check, failed, passed } from "#rehearsal/check.ts";

/** Whether a certificate is still given for its names: what is a public name, and what is kept from it, may change. */
export const names: Check<NamePolicy> = {
  name: "NAMES",
  look({ state, proofs }, deps) {
    if (proofs.length === 0) return []; // a private CA's: nothing is proved, and any name will do
    const problem = refusedName(state, deps);
    return problem ? failed(problem.message) : passed("A certificate is given for each of its names.");
  },
};
