import { instanceSecret, type SecretDeps } from "#lifecycle/instance-secret.ts";
import type { Store } from "#store/store.ts";
import { type HttpDeps, lookUpHttp } from "#validation/http.ts";
import { httpToken } from "./http-token.ts";
import type { Prover } from "./prover.ts";

export interface ProveHttpDeps extends HttpDeps, SecretDeps {
  readonly store: Store;
}

/** HTTP validation: the token is served by the domain's web server, or it redirects to where we serve it. */
export const proveByHttp: Prover<ProveHttpDeps> = async ({ recordName, recordValue }, _, deps) => {
  if (recordName === null || recordValue === null) throw new Error("a proof by HTTP has no URLs");
  const { found, reason, lookups } = await lookUpHttp(await tokenOf(recordName, recordValue, deps), deps);
  return { proven: found, problem: reason, lookups };
};

async function tokenOf(
  redirectFrom: string,
  redirectTo: string,
  deps: ProveHttpDeps,
): Promise<ReturnType<typeof httpToken>> {
  using secret = await instanceSecret(deps.store, "validation-records", deps);
  return httpToken(secret, redirectFrom, redirectTo);
}
