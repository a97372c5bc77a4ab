import { type NamePolicy, type NameProblem, nameProblem } from "#domain/certificate/public-names.ts";
import type { CertificateState } from "#store/certificates.ts";

/**
 * Why the names of a certificate, or one of them, get none whatever is proved; undefined when they may. Names that are
 * private on purpose are for the CA within: a public CA knows nothing of them.
 */
export function refusedName(
  { names, authority }: Pick<CertificateState, "names" | "authority">,
  { privateNames, highRiskNames }: NamePolicy,
): NameProblem | undefined {
  const policy = { highRiskNames, privateNames: authority === "built-in" ? privateNames : [] };
  for (const name of names) {
    const problem = nameProblem(name, policy);
    if (problem) return problem;
  }
  return undefined;
}
